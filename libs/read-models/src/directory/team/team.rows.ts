import { text } from '#event-sourcing/projection.js';
import { blank, changed, created, directory, provenance } from '../directory.js';

const columns = {
  externalId: text.nullable,
  name: text,
  region: text.nullable,
  leaderId: text.nullable,
  ...provenance,
};

export const teams = directory.rows('teams', {
  key: 'teamId',
  columns,
  indexes: [
    ['name', 'teamId'],
    ['createdPosition', 'teamId'],
  ],
  on: {
    TeamFormed: (_, event) => ({ ...blank(columns), ...event.data, ...created(event) }),
    TeamRenamed: (row, event) => changed(row, event, { name: event.data.name }),
    TeamLeaderAppointed: (row, event) => changed(row, event, { leaderId: event.data.leaderId }),
  },
});
