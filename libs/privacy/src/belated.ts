import type { NewEvent } from '#event-sourcing/event.js';
import type { AnyPrivacy } from '#event-sourcing/privacy.js';
import { decrypted, encrypted, encryptedIn, secretsOf } from './encrypted-event.js';
import { openedEvents } from './opened-events.js';
import { PersonKey } from './person-key.js';
import { GONE, type PersonKeys } from './person-keys.js';

/**
 * Stored events as they would be stored today: what stands in clear, because it was recorded before there was encryption or before its
 * field was declared personal, is encrypted. Of somebody who was erased meanwhile it is encrypted with a key that nobody has.
 */
export function encryptedBelatedly<Event extends NewEvent>(
  events: readonly Event[],
  keys: PersonKeys,
  privacy: AnyPrivacy,
): Promise<Event[]> {
  return Promise.all(
    events.map(async event => {
      if (!secretsOf(event, privacy)) return event;
      // What is encrypted in it already goes in with the rest.
      const [clear] = encryptedIn(event) ? await openedEvents([event], keys) : [event];
      const secrets = secretsOf(clear!, privacy)!;
      const key = await keys.make(secrets.person);
      const used = key === GONE ? new PersonKey(PersonKey.newSecret()) : key;
      return { ...event, ...encrypted(clear!, secrets, used) };
    }),
  );
}

/** How stored events will read when that has been done to them: as they do, except what stands in clear of somebody who was erased. */
export async function readBelatedly<Event extends NewEvent>(
  events: readonly Event[],
  keys: PersonKeys,
  privacy: AnyPrivacy,
): Promise<Event[]> {
  const opened = await openedEvents(events, keys);
  return Promise.all(
    opened.map(async event => {
      const secrets = secretsOf(event, privacy);
      if (!secrets || (await keys.make(secrets.person)) !== GONE) return event;
      return decrypted(event, { v: 1, s: secrets.person, f: secrets.fields, c: '' }, undefined);
    }),
  );
}
