import { ObjectType, registerEnumType } from '@nestjs/graphql';
import { Money } from '#platform/graphql/money.js';
import { DirectoryRecord, shown } from '../list/shown.js';

export const ContractStatus = { DRAFT: 'DRAFT', SIGNED: 'SIGNED', TERMINATED: 'TERMINATED' } as const;
registerEnumType(ContractStatus, {
  name: 'ContractStatus',
  description: 'How a contract stands (合同状态).',
  valuesMap: {
    DRAFT: { description: 'Not signed yet (草稿).' },
    SIGNED: { description: 'In force (已签约).' },
    TERMINATED: { description: 'Ended (已终止).' },
  },
});

@ObjectType({ description: 'A part of a contract’s amount with its due day (回款计划).' })
export class Instalment {
  @shown.day('When it is due (应收日期).', { always: true }) dueOn: string;
  @shown.money('What is due then (应收金额).', { always: true }) amount: Money;
  @shown.money('What of it was received (已收金额); receipts fill instalments in the order of their due days.', {
    always: true,
  })
  received: Money;
  @shown.money('What of it is open (未收金额).', { always: true }) open: Money;
  @shown.flag('Whether it is past due and not received in full (逾期).', { always: true }) overdue: boolean;
}

@ObjectType({ description: 'A contract (合同) with what was received for it.' })
export class Contract extends DirectoryRecord {
  @shown.id('Its id in the system it was imported from.') externalId: string | null;
  @shown.text('Contract number (合同编号).') number: string | null;
  @shown.enum(() => ContractStatus, 'How it stands (状态).') status: keyof typeof ContractStatus;
  @shown.money('What it is about (合同金额).', { always: true }) amount: Money;
  @shown.money('Payments for it, less those that were reversed (已回款).', { always: true }) received: Money;
  @shown.money(
    'Of a signed contract: amount − received (未回款), negative if too much was received. Before and after that nothing is owed.',
    { always: true },
  )
  outstanding: Money;
  @shown.listOf(() => Instalment, 'The instalments in the order of their due days (回款计划).')
  instalments: Instalment[];
  @shown.day('When the first open amount of a signed contract is due (下次应收日期).') nextDueOn: string | null;
  @shown.flag('Whether that day is past (逾期).', { always: true }) overdue: boolean;
  @shown.day('When it was signed (签约日期).') signedOn: string | null;
  @shown.day('When it was terminated (终止日期).') terminatedOn: string | null;
  @shown.text('Why it was terminated (终止原因).') terminationReason: string | null;
}
