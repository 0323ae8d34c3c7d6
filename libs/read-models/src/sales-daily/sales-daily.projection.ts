import type { CrmEvents } from '#crm/events.js';
import type { Money } from '#crm/money.js';
import type { Day, RecordedEvent } from '#event-sourcing/event.js';
import { date, integer, json, projection, text } from '#event-sourcing/projection.js';
import type { TablesOf } from '#projections/tables.js';
import type { Figure } from './sales-daily.figures.js';

/** What each salesperson did on each day (销售日报). */
export const salesDaily = projection<CrmEvents>()('salesDaily', { version: 1 });

/** One line per thing that counts, on the day on which it counts, for whom it counts. What is taken back has no line any more. */
export const facts = salesDaily.rows('facts', {
  key: { column: 'factId', of: factIdOf },
  columns: {
    figure: text,
    /** Of an interaction. */
    kind: text.nullable,
    /** Nobody: the figure counts in the sums, for no one in particular. */
    employeeId: text.nullable,
    day: date,
    currency: text.nullable,
    minor: integer,
  },
  on: {
    PaymentReceived: (_, { data }) => fact('receipts', data.ownerId, data.paidOn, data),
    // As if it had never been received: it leaves the day of payment, also when that day is long past.
    PaymentReversed: () => undefined,
    // Termination changes nothing here: on that day it was signed.
    ContractSigned: (_, { data }) => fact('contractsSigned', data.ownerId, data.signedOn, data),
    // Who takes a customer, a lead or an opportunity over later did not win it: credit stays where it was in the beginning.
    CustomerRegistered: (_, { data }) => fact('newCustomers', data.ownerId, data.registeredOn),
    LeadCaptured: (_, { data, occurredOn }) => fact('newLeads', data.ownerId, occurredOn),
    OpportunityOpened: (_, { data }) => fact('newOpportunities', data.ownerId, data.openedOn),
    InteractionLogged: (_, { data }) => fact('interactions', data.employeeId, data.happenedOn, { kind: data.kind }),
    InteractionRetracted: () => undefined,
    TaskAccepted: (_, { data }) => fact('tasksTaken', data.assigneeId, data.acceptedOn),
    TaskCompleted: (_, { data }) => fact('tasksCompleted', data.assigneeId, data.completedOn),
  },
});

/** Payments and interactions can be taken back, so their lines are found by them; for everything else the event is the fact. */
function factIdOf({ id, data }: RecordedEvent): string {
  const { paymentId, interactionId } = data as { paymentId?: string; interactionId?: string };
  if (paymentId !== undefined) return `payment-${paymentId}`;
  return interactionId === undefined ? id : `interaction-${interactionId}`;
}

function fact(figure: Figure, employeeId: string | undefined, day: Day, of: { amount?: Money; kind?: string } = {}) {
  const { amount, kind = null } = of;
  return {
    figure,
    kind,
    employeeId: employeeId ?? null,
    day,
    currency: amount?.currency ?? null,
    minor: amount?.minor ?? 0,
  };
}

export const totals = salesDaily.totals('totals', facts, {
  by: ['day', 'employeeId', 'figure', 'kind', 'currency'],
  each: {},
  sums: { count: integer, minor: integer },
  of: ({ minor }) => [{ count: 1, minor }],
});

/** What somebody was called from a day on. */
export interface NameKnown {
  readonly name: string;
  readonly knownOn: Day;
}

/** The new customers by name; what they were called is kept, so that an old report can be shown as it was. */
export const customers = salesDaily.rows('customers', {
  key: 'customerId',
  columns: { employeeId: text.nullable, registeredOn: date, knownOn: date, names: json<readonly NameKnown[]>() },
  indexes: [['registeredOn']],
  on: {
    CustomerRegistered: (_, { data: { name, ownerId, registeredOn }, knownOn }) => ({
      employeeId: ownerId ?? null,
      registeredOn,
      knownOn,
      names: [{ name, knownOn }],
    }),
    CustomerProfileChanged: (row, { data: { name }, knownOn }) =>
      row && (name === undefined ? row : { ...row, names: [...row.names, { name, knownOn }] }),
  },
});

/** Since when and until when somebody was with the company, and since when we know. */
export const employees = salesDaily.rows('employees', {
  key: 'employeeId',
  columns: {
    hiredOn: date.nullable,
    knownOn: date,
    dismissedOn: date.nullable,
    dismissalKnownOn: date.nullable,
  },
  on: {
    EmployeeHired: (_, { data, knownOn }) => ({
      hiredOn: data.hiredOn ?? null,
      knownOn,
      dismissedOn: null,
      dismissalKnownOn: null,
    }),
    EmployeeDismissed: (row, { data, knownOn }) =>
      row && { ...row, dismissedOn: data.dismissedOn, dismissalKnownOn: knownOn },
  },
});

export type SalesDailyTables = TablesOf<[typeof facts, typeof totals, typeof customers, typeof employees]>;
