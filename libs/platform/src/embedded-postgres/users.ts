import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, stampOf } from './processes.js';

/**
 * Notes in `folder` that this process uses the server, once per call. Call it under the lock.
 * @returns the note; deleting it ends the use.
 */
export function register(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const note = join(folder, `${stampOf(process.pid)}.${randomUUID()}`);
  writeFileSync(note, '');
  return note;
}

/** Whether a living process is noted in `folder`; notes of processes that were killed are removed. Call it under the lock. */
export function hasUsers(folder: string): boolean {
  const notes = readdirSync(folder);
  const dead = notes.filter(note => !isAlive(note.split('.')[0]!));
  for (const note of dead) rmSync(join(folder, note), { force: true });
  return notes.length > dead.length;
}
