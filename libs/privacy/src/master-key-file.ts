import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { KeyCommand } from './key-command.js';
import { localMasterKey, MASTER_KEY_BYTES, type MasterKey, type MasterKeys, type Masters } from './master-key.js';

/** How a line begins that holds not the key, but what a key management service made of it. */
const WRAPPED = 'wrapped:';

/**
 * The master keys in a file, one a line, the current one first; made where there is none, for its owner's eyes only. With a command, what
 * is new in the file is wrapped by it, and asked for once per process.
 * @throws Error when the file can be neither read nor made.
 */
export async function masterKeyFile(file: string, command?: KeyCommand): Promise<MasterKeys> {
  await create(file, command);
  const known = new Map<string, MasterKey>();
  const open = async (line: string) => {
    const key = known.get(line) ?? (await masterKeyIn(line, file, command));
    known.set(line, key);
    return key;
  };
  let read: { readonly stamp: string; readonly keys: Promise<Masters> } | undefined;
  return () => {
    // A rotation replaces the file; asking for its times costs microseconds.
    const { mtimeMs, ino } = statSync(file);
    const stamp = `${mtimeMs}-${ino}`;
    if (read?.stamp === stamp) return read.keys;
    const now = { stamp, keys: openAll(linesOf(file), open) };
    read = now;
    // A service that was away is asked again.
    now.keys.catch(() => {
      if (read === now) read = undefined;
    });
    return now.keys;
  };
}

async function openAll(lines: readonly string[], open: (line: string) => Promise<MasterKey>): Promise<Masters> {
  const [first, ...others] = await Promise.all(lines.map(open));
  if (!first) throw new Error('There is no master key.');
  return [first, ...others];
}

async function masterKeyIn(line: string, file: string, command: KeyCommand | undefined): Promise<MasterKey> {
  if (!line.startsWith(WRAPPED)) return localMasterKey(Buffer.from(line, 'base64'));
  if (!command)
    throw new Error(`The master key in ${file} is wrapped: MASTER_KEY_COMMAND has to name what unwraps it.`);
  return localMasterKey(await command.unwrap(line.slice(WRAPPED.length)));
}

/** Puts a new master key before the others; from now on it wraps what is new. */
export async function addMasterKey(file: string, command?: KeyCommand): Promise<void> {
  replace(file, `${await newLine(command)}\n${readFileSync(file, 'utf8')}`);
}

/** Leaves the current master key alone in the file. */
export function dropOldMasterKeys(file: string): void {
  replace(file, `${linesOf(file)[0]}\n`);
}

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split(/[\s,]+/)
    .filter(Boolean);

async function newLine(command: KeyCommand | undefined): Promise<string> {
  const key = randomBytes(MASTER_KEY_BYTES);
  return command ? `${WRAPPED}${await command.wrap(key)}` : key.toString('base64');
}

function replace(file: string, text: string): void {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, text, { mode: 0o600, flush: true });
  renameSync(mine, file);
}

async function create(file: string, command: KeyCommand | undefined): Promise<void> {
  if (statSync(file, { throwIfNoEntry: false })) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, `${await newLine(command)}\n`, { mode: 0o600, flush: true });
  try {
    // Of two processes that start at once one wins, and both read the same whole file.
    linkSync(mine, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}
