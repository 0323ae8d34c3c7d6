import type { Config } from '#platform/config.js';
import { KeyCommand } from '#privacy/key-command.js';
import { KeyTable } from '#privacy/key-table.js';
import { type MasterKeys, masterKeysIn } from '#privacy/master-key.js';
import { masterKeyFile } from '#privacy/master-key-file.js';
import { GONE, PersonKeys } from '#privacy/person-keys.js';

/** In the place of a person: whose key names unique values. */
const UNIQUE_VALUES = 'unique-values';

/** The keys that personal data is encrypted with, and what wraps them. */
export interface OpenedKeys {
  readonly table: KeyTable;
  readonly masters: MasterKeys;
  readonly keys: PersonKeys;
  /** Names what must be unique, so that nobody without the keys can try out values. */
  readonly fingerprint: (text: string) => string;
  close(): Promise<void>;
}

/** Opens the keys as configured. @param url The database that keeps them unless another one is configured. */
export async function openKeys(config: Config, url: string): Promise<OpenedKeys> {
  const masters = await mastersOf(config);
  await masters();
  const table = await KeyTable.open(config.keysDatabaseUrl ?? url);
  try {
    const keys = new PersonKeys(table, masters);
    const names = await keys.make(UNIQUE_VALUES);
    if (names === GONE) throw new Error(`The key ${UNIQUE_VALUES} was destroyed.`);
    return { table, masters, keys, fingerprint: text => names.fingerprint(text), close: () => table.close() };
  } catch (error) {
    await table.close();
    throw error;
  }
}

/** What wraps the master key itself, where that is configured. */
export const keyCommandOf = ({ masterKeyCommand }: Config) =>
  masterKeyCommand ? new KeyCommand(masterKeyCommand) : undefined;

async function mastersOf(config: Config): Promise<MasterKeys> {
  if (!config.masterKey) return masterKeyFile(config.masterKeyFile, keyCommandOf(config));
  const masters = masterKeysIn(config.masterKey);
  return () => masters;
}
