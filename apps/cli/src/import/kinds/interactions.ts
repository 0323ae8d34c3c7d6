import { LogInteraction } from '#crm/interaction/interaction.commands.js';
import type { Kind } from './kind.js';

export const interactions: Kind = {
  columns: {
    externalId: 'required',
    customer: 'required',
    employee: 'required',
    kind: 'required',
    occurredOn: 'required',
    content: 'optional',
    result: 'optional',
  },
  references: { customer: 'customers', employee: 'employees' },
  fields: { customerId: 'customer', employeeId: 'employee', occurredAt: 'occurredOn' },
  steps: (row, { id }) => {
    row.requiredDay('occurredOn');
    return [
      {
        type: LogInteraction,
        input: {
          interactionId: id,
          customerId: row.requiredReference('customer'),
          employeeId: row.requiredReference('employee'),
          kind: row.requiredCode('kind'),
          content: row.text('content'),
          result: row.text('result'),
          externalId: row.required('externalId'),
          occurredAt: row.startOf('occurredOn'),
        },
      },
    ];
  },
};
