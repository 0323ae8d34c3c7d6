import { InputType } from '@nestjs/graphql';
import { Command, Envelope, NewId, Reference } from '#platform/graphql/command.js';
import type { MoneyInput } from '#platform/graphql/fields.js';
import { Amount, DayField, Id, ListOf, MinorUnits, Text } from '#platform/graphql/fields.js';

// Not exported: every export of this file is a command.
@InputType({ description: 'A part of a contract’s amount and when it is due (回款计划).' })
class InstalmentInput {
  @DayField('When it is due (应回款日期).') dueOn: string;
  @MinorUnits('How much, in the smallest unit of the contract’s currency.', { min: 1 }) minor: number;
}

@Command('Draft a contract (起草合同).', { allow: 'contract.draft' })
export class DraftContract extends Envelope {
  @NewId('The contract.') contractId?: string;
  @Reference('customer', 'The customer (客户).') customerId: string;
  @Reference('opportunity', 'The opportunity (商机) that it closes; signing the contract wins it.', { optional: true })
  opportunityId?: string;
  @Reference('employee', 'Whose contract it is (负责人); default the owner of the opportunity, then of the customer.', {
    optional: true,
  })
  ownerId?: string;
  @Text('Its number (合同编号); no two contracts share one.', { optional: true, max: 100 }) number?: string;
  @Amount('Its amount (合同金额).') amount: MoneyInput;
  @ListOf(() => InstalmentInput, 'When which part is due (回款计划); default all of it on the day of signing.', {
    optional: true,
  })
  instalments?: InstalmentInput[];
  @Text('Its id in the system it was imported from.', { optional: true }) externalId?: string;
}

@Command('Sign a contract (签订合同). Its opportunity is won within moments.', { allow: 'contract.sign' })
export class SignContract extends Envelope {
  @Id('The contract.') contractId: string;
  @DayField('When it was signed (签订日期); default the day it happened.', { optional: true }) signedOn?: string;
  @ListOf(() => InstalmentInput, 'When which part is due (回款计划), if not as drafted.', { optional: true })
  instalments?: InstalmentInput[];
}

@Command('Terminate a contract (终止合同), drafted or signed. A reason is required.', { allow: 'contract.terminate' })
export class TerminateContract extends Envelope {
  @Id('The contract.') contractId: string;
  @Text('Why (原因).', { max: 1000 }) declare reason: string;
}
