import { text } from '#event-sourcing/projection.js';
import { blank, created, directory, provenance } from '../directory.js';

const columns = {
  customerId: text,
  contactId: text,
  name: text,
  /** The position in the company. */
  role: text.nullable,
  email: text.nullable,
  phone: text.nullable,
  ...provenance,
};

/** A contact's id is its customer's affair: two customers may both have a contact 1. */
export function contactKey({ customerId, contactId }: { customerId?: string; contactId?: string }): string | undefined {
  return customerId && contactId ? JSON.stringify([customerId, contactId]) : undefined;
}

export const contacts = directory.rows('contacts', {
  key: { column: 'contactKey', of: ({ data }) => contactKey(data as { customerId?: string; contactId?: string }) },
  columns,
  indexes: [
    ['createdPosition', 'contactKey'],
    ['name', 'contactKey'],
    ['customerId', 'createdPosition'],
  ],
  on: {
    ContactAdded: (_, event) => ({
      ...blank(columns),
      ...event.data,
      role: event.data.position ?? null,
      ...created(event),
    }),
    ContactChanged: (row, event) =>
      row && {
        ...blank(columns),
        ...event.data,
        role: event.data.position ?? null,
        ...created(event),
        createdPosition: row.createdPosition,
      },
    ContactRemoved: () => undefined,
  },
});
