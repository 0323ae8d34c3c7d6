import type { Person } from '#event-sourcing/privacy.js';
import { type Content, decrypted, encryptedIn } from './encrypted-event.js';
import { GONE, type PersonKeys } from './person-keys.js';

/**
 * Stored events as they were written; those of an erased person with the mark in the place of what was personal. Only where something is
 * personal does it cost anything: the same array otherwise.
 * @throws UnknownPersonKey
 */
export async function openedEvents<Event extends Content>(
  events: readonly Event[],
  keys: PersonKeys,
): Promise<readonly Event[]> {
  const persons = new Set<Person>();
  for (const event of events) {
    const sealed = encryptedIn(event);
    if (sealed) persons.add(sealed.s);
  }
  if (persons.size === 0) return events;
  const found = await keys.find(persons);
  return events.map(event => {
    const sealed = encryptedIn(event);
    if (!sealed) return event;
    const key = found.get(sealed.s);
    return decrypted(event, sealed, key === GONE ? undefined : key);
  });
}
