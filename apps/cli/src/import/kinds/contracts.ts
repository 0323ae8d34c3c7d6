import { DraftContract, SignContract } from '#crm/contract/contract.commands.js';
import { importedCommand, type Kind } from './kind.js';

export const contracts: Kind = {
  columns: {
    externalId: 'required',
    customer: 'required',
    opportunity: 'optional',
    owner: 'optional',
    number: 'optional',
    amount: 'required',
    currency: 'optional',
    signedOn: 'required',
    instalments: 'optional',
  },
  nameColumn: 'number',
  unique: 'number',
  references: { customer: 'customers', opportunity: 'opportunities', owner: 'employees' },
  fields: { customerId: 'customer', opportunityId: 'opportunity', ownerId: 'owner', occurredAt: 'signedOn' },
  steps: (row, { id }) => {
    const signedOn = row.requiredDay('signedOn');
    const occurredAt = row.startOf('signedOn');
    const draft = {
      contractId: id,
      customerId: row.requiredReference('customer'),
      opportunityId: row.reference('opportunity'),
      ownerId: row.reference('owner'),
      number: row.text('number'),
      amount: row.requiredMoney('amount'),
      instalments: row.instalments('instalments'),
      externalId: row.required('externalId'),
      occurredAt,
    };
    const commandId = importedCommand('signing', id);
    return [
      { type: DraftContract, input: draft },
      { type: SignContract, input: { contractId: id, signedOn, occurredAt, commandId } },
    ];
  },
};
