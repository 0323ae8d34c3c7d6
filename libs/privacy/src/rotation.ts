import type { KeyTable, StoredKey } from './key-table.js';
import type { MasterKeys, Masters } from './master-key.js';

const AT_ONCE = 1_000;

/**
 * Wraps all keys with the first of the master keys that an older one wraps. Nothing has to stand still: what was wrapped before is read as
 * long as its master key is accepted, and what others wrap meanwhile with an old one is found as well. Answers how many there were.
 * @throws Error for a key that none of the master keys wraps.
 */
export async function rewrapAll(table: KeyTable, masters: MasterKeys): Promise<number> {
  for (let count = 0; ; ) {
    const accepted = await masters();
    const old = await table.wrappedByOthers(accepted[0].id, AT_ONCE);
    if (!old.length) return count;
    await table.rewrap(await Promise.all(old.map(key => rewrapped(key, accepted))));
    count += old.length;
  }
}

async function rewrapped({ person, wrapped, master: id }: StoredKey, masters: Masters) {
  const [current] = masters;
  const master = masters.find(one => one.id === id);
  if (!master) throw new Error(`The key of ${person} is wrapped by the master key ${id}, which is not configured.`);
  const again = await current.wrap(await master.unwrap(wrapped!, person), person);
  return { person, wrapped: again, master: current.id, before: wrapped! };
}
