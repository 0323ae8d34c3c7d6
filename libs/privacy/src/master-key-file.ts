import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { MASTER_KEY_BYTES, type MasterKeys, masterKeysIn } from './master-key.js';

/** The master keys in a file, one a line, the current one first; made where there is none, for its owner's eyes only. */
export function masterKeyFile(file: string): MasterKeys {
  create(file);
  let read: { readonly stamp: string; readonly keys: ReturnType<MasterKeys> } | undefined;
  return () => {
    // A rotation replaces the file; asking for its times costs microseconds.
    const { mtimeMs, ino } = statSync(file);
    const stamp = `${mtimeMs}-${ino}`;
    if (read?.stamp !== stamp) read = { stamp, keys: masterKeysIn(readFileSync(file, 'utf8')) };
    return read.keys;
  };
}

/** Puts a new master key before the others; from now on it wraps what is new. */
export function addMasterKey(file: string): void {
  replace(file, `${newKey()}\n${readFileSync(file, 'utf8')}`);
}

/** Leaves the current master key alone in the file. */
export function dropOldMasterKeys(file: string): void {
  replace(file, `${readFileSync(file, 'utf8').split(/\s+/).find(Boolean)}\n`);
}

const newKey = () => randomBytes(MASTER_KEY_BYTES).toString('base64');

function replace(file: string, text: string): void {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, text, { mode: 0o600, flush: true });
  renameSync(mine, file);
}

function create(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, `${newKey()}\n`, { mode: 0o600, flush: true });
  try {
    // Of two processes that start at once one wins, and both read the same whole file.
    linkSync(mine, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}
