import type { Type } from '@nestjs/common';
import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { Money } from '#platform/graphql/money.js';
import { Contract } from '../directory/contract/contract.type.js';
import { Contact } from '../directory/customer/contact.type.js';
import { Customer } from '../directory/customer/customer.type.js';
import { Interaction } from '../directory/interaction/interaction.type.js';
import { Lead } from '../directory/lead/lead.type.js';
import { shown } from '../directory/list/shown.js';
import { Opportunity } from '../directory/opportunity/opportunity.type.js';
import { Payment } from '../directory/payment/payment.type.js';
import { Task } from '../directory/task/task.type.js';

interface CardLines<Node> {
  readonly count: number;
  readonly nodes: readonly Node[];
}

/** The newest lines of one kind, and how many there are. */
function linesOf<Node>(node: Type<Node>): Type<CardLines<Node>> {
  @ObjectType(`${node.name}Lines`, { description: 'Lines of a card: the newest 100, and how many there are.' })
  class Lines {
    @Field(() => Int, { description: 'How many there are (总数).' }) count: number;
    @Field(() => [node], { description: 'The newest ones, at most 100; the list of the same name pages through all.' })
    nodes: Node[];
  }
  return Lines;
}

@ObjectType({ description: 'Credit terms (信用条款) as they were agreed at some time.' })
export class CreditTermsLine {
  @shown.text('Credit grade (信用等级).') creditGrade: string | null;
  @shown.text('How the customer pays (支付方式).') paymentMethod: string | null;
  @shown.instant('When that was agreed (约定时间).', { always: true }) agreedAt: string;
  @shown.id('The event that says so.', { always: true }) sourceEventId: string;
  @shown.position('Where that event stands in the log.', { always: true }) position: number;
}

@ObjectType({ description: 'What a customer’s records add up to (合计), in one currency.' })
export class CardTotals {
  @shown.text('The currency (币种), ISO 4217.', { always: true }) currency: string;
  @shown.money(
    'Opportunities that were won (赢单金额); null for whoever does not see their amounts (`opportunity.amount`).',
  )
  won: Money | null;
  @shown.money('Contracts in force (合同金额).', { always: true }) contracted: Money;
  @shown.money('Payments, less those that were reversed (回款金额).', { always: true }) received: Money;
  @shown.money('What is owed for contracts in force (未回款金额).', { always: true }) outstanding: Money;
}

const ContactLines = linesOf(Contact);
const LeadLines = linesOf(Lead);
const OpportunityLines = linesOf(Opportunity);
const ContractLines = linesOf(Contract);
const PaymentLines = linesOf(Payment);
const InteractionLines = linesOf(Interaction);
const TaskLines = linesOf(Task);

@ObjectType({
  description:
    'The customer card (客户卡片): the profile and everything that hangs on it, as of now or as it was known at an earlier instant. Each line names the event that last made it what it is.',
})
export class CustomerCard extends Customer {
  @shown.one(() => ContactLines, 'The people there (联系人).') contacts: CardLines<Contact>;
  @shown.one(() => LeadLines, 'The leads that became this customer (线索).') leads: CardLines<Lead>;
  @shown.one(() => OpportunityLines, 'Opportunities (商机) with the stages they came into.')
  opportunities: CardLines<Opportunity>;
  @shown.one(() => ContractLines, 'Contracts (合同) with instalments, received and outstanding amounts.')
  contracts: CardLines<Contract>;
  @shown.one(() => PaymentLines, 'Receipts (回款), reversed ones included.') payments: CardLines<Payment>;
  @shown.one(() => InteractionLines, 'Communications (联系记录).') interactions: CardLines<Interaction>;
  @shown.one(() => TaskLines, 'Tasks (任务).') tasks: CardLines<Task>;
  @Field(() => [CreditTermsLine], {
    nullable: true,
    description:
      'Credit terms (信用条款), oldest first; the last ones hold. Null for whoever does not see them (`customer.credit`).',
  })
  creditTerms: CreditTermsLine[] | null;
  @shown.listOf(() => CardTotals, 'What all of that adds up to (合计), a line per currency.') totals: CardTotals[];
}
