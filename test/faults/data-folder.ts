import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What all processes of a spec write and read: the keys of the local issuer, so that they take the same tokens, and the heads of logs. */
export const dataFolder = mkdtempSync(join(tmpdir(), 'chronicle-'));
process.on('exit', () => rmSync(dataFolder, { recursive: true, force: true }));
