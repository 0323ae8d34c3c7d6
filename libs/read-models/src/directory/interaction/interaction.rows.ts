import { date, text } from '#event-sourcing/projection.js';
import { contactKey } from '../customer/contact.rows.js';
import { blank, created, directory, provenance } from '../directory.js';

const columns = {
  externalId: text.nullable,
  customerId: text,
  employeeId: text,
  /** The row of the person in `contacts`. */
  contactKey: text.nullable,
  opportunityId: text.nullable,
  kind: text,
  content: text.nullable,
  result: text.nullable,
  happenedOn: date,
  ...provenance,
};

export const interactions = directory.rows('interactions', {
  key: 'interactionId',
  columns,
  indexes: [
    ['createdPosition', 'interactionId'],
    ['happenedOn', 'interactionId'],
    ['employeeId', 'createdPosition'],
    ['customerId', 'createdPosition'],
  ],
  on: {
    InteractionLogged: (_, event) => ({
      ...blank(columns),
      ...event.data,
      contactKey: contactKey(event.data) ?? null,
      ...created(event),
    }),
    // Logged by mistake: it stays in the history only.
    InteractionRetracted: () => undefined,
  },
});
