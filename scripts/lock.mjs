import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs `work` while no other process runs theirs under the same folder; a holder that was killed does not hold it.
 * The rules are those of libs/platform/src/embedded-postgres/lock.ts, where they are explained; here they stand in plain
 * JavaScript, because this runs before anything is installed or built.
 * @param {string} folder
 * @param {(hold: (pid: number) => void) => Promise<void>} work may name a process that holds the lock as well: a child goes on
 *   when we are killed
 * @param {() => void} onWait called once, when another holds it for longer than a second
 */
export async function withLock(folder, work, onWait) {
  mkdirSync(folder, { recursive: true });
  let mine = tryToTake(folder);
  for (let turns = 1; !mine; turns++) {
    if (turns === 10) onWait();
    await delay(100);
    mine = tryToTake(folder);
  }
  try {
    await work(pid => appendFileSync(mine, ` ${pid}`));
  } finally {
    writeFileSync(mine, 'free');
  }
}

function tryToTake(folder) {
  const last = latest(folder);
  if (last > 0 && isHeld(join(folder, String(last)))) return undefined;
  const mine = join(folder, String(last + 1));
  try {
    writeFileSync(mine, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  }
  if (latest(folder) > last + 1) {
    rmSync(mine, { force: true });
    return undefined;
  }
  for (const old of numbers(folder).filter(number => number <= last))
    rmSync(join(folder, String(old)), { force: true });
  return mine;
}

function isHeld(file) {
  try {
    const holder = readFileSync(file, 'utf8');
    if (holder === '') return Date.now() - statSync(file).mtimeMs < 5_000;
    return holder !== 'free' && holder.split(' ').some(isRunning);
  } catch (error) {
    if (error.code === 'ENOENT') return true;
    throw error;
  }
}

function isRunning(pid) {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function numbers(folder) {
  return readdirSync(folder).map(Number).filter(Number.isSafeInteger);
}

function latest(folder) {
  return Math.max(0, ...numbers(folder));
}
