import fc from 'fast-check';
import { DraftContract, SignContract, TerminateContract } from '#crm/contract/contract.commands.js';
import { HandOverCustomer, RegisterCustomer } from '#crm/customer/customer.commands.js';
import { DismissEmployee, HireEmployee, MoveEmployee } from '#crm/employee/employee.commands.js';
import {
  AdvanceStage,
  HandOverOpportunity,
  LoseOpportunity,
  OpenOpportunity,
  ReestimateOpportunity,
  ReopenOpportunity,
  StepBack,
  WinOpportunity,
} from '#crm/opportunity/opportunity.commands.js';
import { ReceivePayment, ReversePayment } from '#crm/payment/payment.commands.js';
import { AcceptTask, AssignTask, CancelTask, CompleteTask, ReassignTask } from '#crm/task/task.commands.js';
import type { Envelope } from '#platform/graphql/command.js';
import { STAGES } from './crm-model.js';

/** How the product is told of each deed, and which fields that takes. */
const commands = {
  hire: [HireEmployee, { name: '员工' }],
  dismiss: [DismissEmployee, {}],
  move: [MoveEmployee, {}],
  register: [RegisterCustomer, { name: '客户' }],
  handOverCustomer: [HandOverCustomer, {}],
  open: [OpenOpportunity, {}],
  advance: [AdvanceStage, {}],
  stepBack: [StepBack, {}],
  win: [WinOpportunity, {}],
  lose: [LoseOpportunity, { reason: '价格' }],
  reopen: [ReopenOpportunity, {}],
  reestimate: [ReestimateOpportunity, {}],
  handOver: [HandOverOpportunity, {}],
  draft: [DraftContract, {}],
  sign: [SignContract, {}],
  terminate: [TerminateContract, { reason: '取消' }],
  pay: [ReceivePayment, {}],
  reverse: [ReversePayment, { reason: '退票' }],
  assign: [AssignTask, { title: '任务' }],
  reassign: [ReassignTask, {}],
  accept: [AcceptTask, {}],
  complete: [CompleteTask, {}],
  cancel: [CancelTask, { reason: '取消' }],
} as const satisfies Record<string, readonly [new () => Envelope, object]>;

const few = (prefix: string, count = 3) => fc.integer({ min: 0, max: count - 1 }).map(n => `${prefix}${n}`);
const employeeId = few('e');
const customerId = few('c', 2);
const opportunityId = few('o');
const contractId = few('k');
const paymentId = few('p', 4);
const taskId = few('t', 2);
const stage = fc.nat(2);
const amount = fc.integer({ min: 1, max: 4 }).map(n => n * 100);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const instalments = fc.constantFrom(
  [],
  [],
  [{ dueOn: '2026-04-01', minor: 200 }],
  [
    { dueOn: '2026-05-01', minor: 100 },
    { dueOn: '2026-03-20', minor: 200 },
  ],
);

const fields = {
  hire: { employeeId },
  dismiss: { employeeId },
  move: { employeeId, region: fc.constantFrom('East', 'West') },
  register: { customerId, ownerId: employeeId },
  handOverCustomer: { customerId, ownerId: employeeId },
  open: { opportunityId, customerId, ownerId: employeeId, amount },
  advance: { opportunityId, stage },
  stepBack: { opportunityId, stage },
  win: { opportunityId },
  lose: { opportunityId },
  reopen: { opportunityId, stage },
  reestimate: { opportunityId, amount },
  handOver: { opportunityId, ownerId: employeeId },
  draft: { contractId, customerId, opportunityId: maybe(opportunityId), amount, instalments },
  sign: { contractId },
  terminate: { contractId },
  pay: { paymentId, customerId, contractId: maybe(contractId), amount },
  reverse: { paymentId },
  assign: { taskId, assigneeId: employeeId },
  reassign: { taskId, assigneeId: employeeId },
  accept: { taskId },
  complete: { taskId },
  cancel: { taskId },
} satisfies Record<keyof typeof commands, Record<string, fc.Arbitrary<unknown>>>;

type Fields = typeof fields;
type ValueOf<A> = A extends fc.Arbitrary<infer T> ? T : never;
/** Something that somebody does. */
export type Deed = {
  [What in keyof Fields]: { readonly what: What } & { readonly [F in keyof Fields[What]]: ValueOf<Fields[What][F]> };
}[keyof Fields];

const deedsOf = (names: readonly (keyof Fields)[]): fc.Arbitrary<Deed> =>
  fc.oneof(
    ...names.map(
      what =>
        fc.record({
          what: fc.constant(what),
          ...(fields[what] as Record<string, fc.Arbitrary<unknown>>),
        }) as unknown as fc.Arbitrary<Deed>,
    ),
  );

export const anyDeed = deedsOf(Object.keys(fields) as (keyof Fields)[]);

/** What concerns one record alone: whoever else works on others at the same time does not matter for it. */
export const loneDeed = deedsOf([
  ...(['advance', 'stepBack', 'win', 'lose', 'reopen', 'reestimate'] as const),
  ...(['terminate', 'reverse', 'accept', 'complete', 'cancel'] as const),
]);

/** Enough for most of what follows to make sense. */
export const beginnings: readonly Deed[] = [
  ...['e0', 'e1'].map((employeeId): Deed => ({ what: 'hire', employeeId })),
  { what: 'register', customerId: 'c0', ownerId: 'e0' },
  ...['o0', 'o1'].map(
    (opportunityId): Deed => ({ what: 'open', opportunityId, customerId: 'c0', ownerId: 'e0', amount: 300 }),
  ),
  { what: 'draft', contractId: 'k0', customerId: 'c0', opportunityId: 'o0', amount: 300, instalments: [] },
  { what: 'pay', paymentId: 'p0', customerId: 'c0', contractId: 'k0', amount: 100 },
  { what: 'assign', taskId: 't0', assigneeId: 'e0' },
];

export function commandOf({ what, ...deed }: Deed): readonly [new () => Envelope, object] {
  const [type, more] = commands[what];
  const money = 'amount' in deed ? { amount: { minor: deed.amount, currency: 'CNY' } } : {};
  const named = 'stage' in deed ? { stage: STAGES[deed.stage] } : {};
  return [type, { ...more, ...deed, ...money, ...named }];
}
