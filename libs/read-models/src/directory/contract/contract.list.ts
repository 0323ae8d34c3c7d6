import { sql } from 'kysely';
import type { Day } from '#event-sourcing/event.js';
import type { RowOf } from '#event-sourcing/projection.js';
import { amounts, days, flag, ids, oneOf, search } from '../list/filters.js';
import { list } from '../list/list.js';
import { customer, employee, opportunity } from '../references.js';
import { contracts as table } from './contract.rows.js';
import { Contract, ContractStatus, type Instalment } from './contract.type.js';
import { filledInstalments } from './instalments.js';

type Row = RowOf<typeof table>;

function instalmentsOf({ status, instalments, receivedMinor, currency }: Row, today: Day): Instalment[] {
  return filledInstalments(instalments, receivedMinor).map(({ dueOn, minor, receivedMinor, openMinor }) => ({
    dueOn,
    amount: { minor, currency },
    received: { minor: receivedMinor, currency },
    open: { minor: openMinor, currency },
    overdue: status === 'SIGNED' && openMinor > 0 && dueOn < today,
  }));
}

export const contracts = list({
  name: 'contracts',
  resource: 'contract',
  one: 'contract',
  description: 'Contracts (合同), newest first unless sorted otherwise.',
  table,
  node: Contract,
  show: (row, { today }) => {
    const { amountMinor, receivedMinor, outstandingMinor, currency, nextDueOn } = row;
    return {
      amount: { minor: amountMinor, currency },
      received: { minor: receivedMinor, currency },
      outstanding: { minor: outstandingMinor, currency },
      instalments: instalmentsOf(row, today),
      overdue: nextDueOn !== null && nextDueOn < today,
    };
  },
  filters: {
    ids: ids('contractId', 'Their ids.'),
    externalIds: ids('externalId', 'Their ids in the system they were imported from.'),
    number: ids('number', 'Contract numbers (合同编号).'),
    status: oneOf('status', ContractStatus, 'How they stand (状态).'),
    ownerId: ids('ownerId', 'Whose they are (负责人).'),
    customerId: ids('customerId', 'Customers (客户).'),
    opportunityId: ids('opportunityId', 'Opportunities (商机).'),
    amount: amounts('amountMinor', 'What they are about (合同金额).'),
    outstanding: amounts('outstandingMinor', 'What is owed (未回款).'),
    signedOn: days('signedOn', 'When they were signed (签约日期).'),
    nextDueOn: days('nextDueOn', 'When the first open amount is due (下次应收日期).'),
    overdue: flag(['nextDueOn'], 'Whether something is past due (逾期).', today => sql`next_due_on < ${today}::date`),
    search: search(['number', 'externalId']),
  },
  sorts: {
    NUMBER: ['number', 'Contract number (合同编号).'],
    AMOUNT: ['amountMinor', 'The amount in its smallest unit (金额); filter by currency for a meaningful order.'],
    OUTSTANDING: ['outstandingMinor', 'What is owed, in the smallest unit (未回款).'],
    SIGNED_ON: ['signedOn', 'When it was signed (签约日期).'],
    NEXT_DUE_ON: ['nextDueOn', 'When the first open amount is due (下次应收日期).'],
  },
  references: {
    owner: employee('ownerId', 'Who takes care of it (负责人).'),
    customer: customer('customerId', 'With whom it is (客户).'),
    opportunity: opportunity('opportunityId', 'The opportunity behind it (商机).'),
  },
});
