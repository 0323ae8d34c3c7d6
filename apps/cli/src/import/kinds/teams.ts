import { FormTeam } from '#crm/team/team.commands.js';
import type { Kind } from './kind.js';

/** Not a file of its own: teams come into being where employees name them. */
export const teams: Kind = {
  columns: { externalId: 'required', name: 'required' },
  references: {},
  steps: (row, { id }) => [
    { type: FormTeam, input: { teamId: id, name: row.required('name'), externalId: row.required('externalId') } },
  ],
};
