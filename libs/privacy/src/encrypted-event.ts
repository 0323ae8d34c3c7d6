import type { EventMetadata, NewEvent } from '#event-sourcing/event.js';
import { type AnyPrivacy, ERASED, type Person, personIn, REASON } from '#event-sourcing/privacy.js';
import type { PersonKey } from './person-key.js';

/** What stands in an event's data in the place of its personal fields. */
export interface Encrypted {
  /** The version of this form. */
  readonly v: 1;
  /** Whose they are. */
  readonly s: Person;
  /** Which fields. */
  readonly f: readonly string[];
  /** Their values in this order, as a JSON array, encrypted. */
  readonly c: string;
}

/** The field of an event's data that holds it; no field of ours begins so. */
const FIELD = '$personal';

/** What is looked at of an event. */
export type Content = Pick<NewEvent, 'id' | 'data' | 'metadata'>;
type Fields = { readonly [name: string]: unknown };

/** What has to be encrypted of an event before it is stored. */
export interface Secrets {
  readonly person: Person;
  readonly fields: readonly string[];
  /** In the order of the fields. */
  readonly values: readonly unknown[];
}

/** What stands in clear of an event and is personal, whosever it is; nothing if there is none. The mark of an erased person is nobody's. */
export function inClear(event: NewEvent, privacy: AnyPrivacy): Omit<Secrets, 'person'> | undefined {
  const declared = privacy[event.type];
  if (!declared || declared.about === 'nobody') return undefined;
  const [fields, values]: [string[], unknown[]] = [[], []];
  for (const field of declared.personal) {
    const value = (event.data as Fields)[field];
    if (value === undefined || value === null || value === ERASED) continue;
    fields.push(field);
    values.push(value);
  }
  const { reason } = event.metadata;
  if (reason && reason !== ERASED) {
    fields.push(REASON);
    values.push(reason);
  }
  return fields.length === 0 ? undefined : { fields, values };
}

/** What has to be encrypted of an event; nothing if it has nothing personal. @throws Error when it does not say whose it is. */
export function secretsOf(event: NewEvent, privacy: AnyPrivacy): Secrets | undefined {
  const found = inClear(event, privacy);
  if (!found) return undefined;
  const person = personIn(event, privacy);
  if (!person) throw new Error(`${event.type} holds personal data, but does not say whose.`);
  return { person, fields: found.fields, values: found.values };
}

/** The event as it is stored. */
export function encrypted(event: NewEvent, { person, fields, values }: Secrets, key: PersonKey): NewEvent {
  const { id, type, recordedAt, metadata } = event;
  const c = key.encrypt(JSON.stringify(values), placeOf(event, person, fields));
  const data: Record<string, unknown> = {};
  for (const name of Object.keys(event.data as Fields))
    if (!fields.includes(name)) data[name] = (event.data as Fields)[name];
  data[FIELD] = { v: 1, s: person, f: fields, c } satisfies Encrypted;
  return { id, type, recordedAt, data, metadata: fields.includes(REASON) ? withoutReason(metadata) : metadata };
}

/** What is encrypted in a stored event; nothing in most of them. */
export const encryptedIn = ({ data }: Pick<NewEvent, 'data'>): Encrypted | undefined =>
  (data as { readonly [FIELD]?: Encrypted } | null)?.[FIELD];

/** The event as it was written; without the key of the person, who was erased then, with the mark in the place of each personal value. */
export function decrypted<Event extends Content>(event: Event, sealed: Encrypted, key: PersonKey | undefined): Event {
  const { s, f, c } = sealed;
  const values: unknown[] = key ? JSON.parse(key.decrypt(c, placeOf(event, s, f))) : f.map(() => ERASED);
  const { [FIELD]: _, ...data } = event.data as Record<string, unknown>;
  let { metadata } = event;
  for (const [index, name] of f.entries()) {
    if (name === REASON) metadata = { ...metadata, reason: values[index] as string };
    else data[name] = values[index];
  }
  return { ...event, data, metadata };
}

/** Where it belongs: it cannot be moved to another event, another person or other fields. Postgres returns ids in small letters. */
const placeOf = ({ id }: Content, person: Person, fields: readonly string[]) =>
  JSON.stringify([id.toLowerCase(), person, fields]);

function withoutReason({ reason: _, ...metadata }: EventMetadata): EventMetadata {
  return metadata;
}
