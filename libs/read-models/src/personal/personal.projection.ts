import type { CrmEvents } from '#crm/events.js';
import { privacy } from '#crm/privacy.js';
import { personIn } from '#event-sourcing/privacy.js';
import { integer, projection, text } from '#event-sourcing/projection.js';
import type { TablesOf } from '#projections/tables.js';

/** Where something about a person stands in the log (个人信息索引). It names persons by their ids and holds no personal data. */
export const personal = projection<CrmEvents>()('personal', { version: 1 });

export const mentions = personal.log('mentions', {
  columns: { person: text, stream: text, revision: integer },
  indexes: [
    ['person', 'stream'],
    ['stream', 'person'],
  ],
  on: {
    '*': event => {
      const person = personIn(event, privacy);
      const { stream, revision } = event;
      return person ? [{ person, stream, revision: Number(revision) }] : [];
    },
  },
});

export type PersonalTables = TablesOf<[typeof mentions]>;
