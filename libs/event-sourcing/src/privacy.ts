import type { RecordedEvent } from './event.js';

/** Whose data something is: `customer:<id>`, `contact:["<customerId>","<contactId>"]`, `lead:<id>`, `employee:<id>` … */
export type Person = string;

/** Fields of an event's data that name whom it is about. */
export type About = keyof typeof KINDS;

const KINDS = {
  contactId: 'contact',
  customerId: 'customer',
  leadId: 'lead',
  employeeId: 'employee',
  assigneeId: 'employee',
  accountId: 'account',
  opportunityId: 'opportunity',
} as const;

/** An event that says nothing personal about anybody, and what its fields with such names hold instead. */
export interface NobodysData<Field extends string = string> {
  readonly about: 'nobody';
  readonly notPersonal?: { readonly [Name in Field]?: string };
}

/** Which fields of an event are somebody's personal data. */
export interface SomebodysData<Field extends string = string> {
  /** The first of these fields that the event has says whose data it is; the reason in the metadata is that person's, too. */
  readonly about: readonly (About & Field)[];
  readonly personal: readonly Field[];
  /** Fields that are named as if they were personal, and why they are not. */
  readonly notPersonal?: { readonly [Name in Field]?: string };
}

/** What is personal in one event type. */
export type PrivacyOf<Field extends string = string> = NobodysData<Field> | SomebodysData<Field>;

/** What is personal in each event of a map: an event that is not declared does not compile. */
export type Privacy<Events> = { readonly [Type in keyof Events]: PrivacyOf<keyof Events[Type] & string> };

/** The same where only its shape matters. */
export type AnyPrivacy = { readonly [type: string]: PrivacyOf };

/** What is read in the place of an erased person's data. It is nobody's, so it is stored as it is. */
export const ERASED = '[erased]';

/** How the reason in the metadata is named among personal fields. */
export const REASON = 'metadata.reason';

/** The person with that id; contacts are numbered per customer. */
export const personOf = (field: About, id: string, customerId?: string): Person =>
  field === 'contactId' ? `contact:${JSON.stringify([customerId, id])}` : `${KINDS[field]}:${id}`;

/** Whose data an event holds. */
export function personIn(
  { type, data }: Pick<RecordedEvent, 'type' | 'data'>,
  privacy: AnyPrivacy,
): Person | undefined {
  const declared = privacy[type];
  if (!declared || declared.about === 'nobody') return undefined;
  const ids = data as { readonly [field: string]: string | undefined };
  for (const field of declared.about) {
    const id = ids[field];
    if (id) return personOf(field, id, ids.customerId);
  }
  return undefined;
}
