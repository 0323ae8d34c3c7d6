import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { keyCommandOf } from '#apps/system/src/open-keys.js';
import type { System } from '#apps/system/src/system.js';
import { addMasterKey, dropOldMasterKeys } from '#privacy/master-key-file.js';
import { rewrapAll } from '#privacy/rotation.js';
import { withSystem } from './with-system.js';

/** Whoever has looked at the master key just before it changed has stored what it wraps by then. */
const SETTLED_MS = 2_000;

export function keysCommand(program: Command): void {
  program
    .command('keys')
    .description('the keys that personal data is encrypted with')
    .command('rotate')
    .description(
      'change the master key while everything goes on: makes a new one in MASTER_KEY_FILE (wrapped by MASTER_KEY_COMMAND, if there is one), wraps all keys with it, and deletes the old one; with MASTER_KEY, wraps all keys with the first of them',
    )
    .action(() =>
      withSystem(async system => {
        process.stdout.write(`${await rotate(system)} keys are wrapped by the new master key.\n`);
      }),
    );
}

async function rotate({ keys: { table, masters }, config }: System): Promise<number> {
  const file = config.masterKey ? undefined : config.masterKeyFile;
  // An old one that is still there is of a rotation that broke off: that one is brought to its end.
  if (file && (await masters()).length === 1) await addMasterKey(file, keyCommandOf(config));
  let count = await rewrapAll(table, masters);
  await sleep(SETTLED_MS);
  count += await rewrapAll(table, masters);
  if (file) dropOldMasterKeys(file);
  return count;
}
