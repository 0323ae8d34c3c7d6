import { testDatabase } from '#test/support/postgres.js';
import { KeyTable } from '../key-table.js';
import { localMasterKey, type MasterKeys } from '../master-key.js';
import { PersonKeys } from '../person-keys.js';

/** Keys in a database of their own, wrapped by a master key that is none to anybody else. */
export async function testKeys(masters: MasterKeys = () => [localMasterKey(Buffer.alloc(32, 7))]) {
  const database = await testDatabase();
  const table = await KeyTable.open(database.url);
  return {
    url: database.url,
    table,
    keys: new PersonKeys(table, masters),
    /** The keys as another process knows them. */
    elsewhere: () => new PersonKeys(table, masters),
    close: async () => {
      await table.close();
      await database.drop();
    },
  };
}
