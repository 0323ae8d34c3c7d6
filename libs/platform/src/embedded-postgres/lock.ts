import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, stampOf } from './processes.js';

const FREE = 'free';
/** A holder that was killed between creating its file and writing its name leaves it empty. */
const EMPTY_FOR_TOO_LONG = 5_000;
/** Longer than Postgres may take to recover from a crash, which happens under the lock. */
const PATIENCE = 6 * 60_000;

/**
 * Runs `work` while no other process (and nobody else in this one) runs theirs under the same folder.
 *
 * Who holds the lock is told by the file with the highest number. The next holder creates the number after it, exclusively,
 * when the last one was released or its process is gone. The highest file is never deleted: "delete the lock of a dead
 * holder, then create mine" would let two waiters delete each other's, so a killed holder could lead to two holders.
 * @throws Error when the lock stays taken for more than six minutes.
 */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const mine = await acquire(folder);
  try {
    return await work();
  } finally {
    writeFileSync(mine, FREE);
  }
}

async function acquire(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (const since = Date.now(); Date.now() - since < PATIENCE; await delay(20)) {
    const mine = tryToTake(folder);
    if (mine) return mine;
  }
  const holder = readFileSync(join(folder, String(latest(folder))), 'utf8').split('-')[0];
  throw new Error(`Process ${holder} has held the lock ${folder} for minutes. End that process, then try again.`);
}

function tryToTake(folder: string): string | undefined {
  const last = latest(folder);
  if (last > 0 && isHeld(join(folder, String(last)))) return undefined;
  const mine = join(folder, String(last + 1));
  try {
    writeFileSync(mine, stampOf(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
  if (latest(folder) > last + 1) {
    // We were suspended after looking: others have come and gone, and our number is of the past.
    rmSync(mine, { force: true });
    return undefined;
  }
  for (const old of numbers(folder).filter(number => number <= last))
    rmSync(join(folder, String(old)), { force: true });
  return mine;
}

function isHeld(file: string): boolean {
  try {
    const holder = readFileSync(file, 'utf8');
    if (holder === '') return Date.now() - statSync(file).mtimeMs < EMPTY_FOR_TOO_LONG;
    return holder !== FREE && isAlive(holder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true; // a later holder removed it: look again
    throw error;
  }
}

function numbers(folder: string): number[] {
  return readdirSync(folder)
    .map(Number)
    .filter(number => Number.isSafeInteger(number));
}

function latest(folder: string): number {
  return Math.max(0, ...numbers(folder));
}
