import type { Person } from '#event-sourcing/privacy.js';
import { type Content, decrypted, encryptedIn } from './encrypted-event.js';
import { GONE, type PersonKeys } from './person-keys.js';

/**
 * Stored events as they were written; those of an erased person with the mark in the place of what was personal. Only where something is
 * personal does it cost anything: the same array otherwise.
 * @param instead What is given in the place of an event that does not open; by default it is an error.
 * @throws UnknownPersonKey
 */
export async function openedEvents<Event extends Content>(
  events: readonly Event[],
  keys: PersonKeys,
  instead: (event: Event, cause: unknown) => Event = rethrow,
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
    try {
      return decrypted(event, sealed, key === GONE ? undefined : key);
    } catch (cause) {
      return instead(event, cause);
    }
  });
}

function rethrow(_: Content, cause: unknown): never {
  throw cause;
}

/** An event that was altered, or encrypted elsewhere: only who asks for its data fails, and everybody else can read on. */
export const closed = <Event extends Content>(event: Event, cause: unknown): Event =>
  Object.create(event, {
    data: {
      enumerable: true, // so that a copy fails as well, instead of being one without data
      get: () => {
        throw new Error(`Event ${event.id} does not open: it was altered.`, { cause });
      },
    },
  });
