import type { CrmEvents } from '#crm/events.js';
import type { Day } from '#event-sourcing/event.js';
import type { SalesDailyArgs } from '#read-models/sales-daily/sales-daily.args.js';
import type { Happened } from './sales-days.js';

type Event<Type extends keyof CrmEvents> = Extract<Happened, { type: Type }>;
const of = <Type extends Happened['type']>(events: readonly Happened[], type: Type) =>
  events.filter((event): event is Event<Type> => event.type === type);
const dayOf = (instant: string): Day => instant.slice(0, 10);

/** The rows of one day of the report, straight from the events by the definition, one person after the other. */
export function recountDay(all: readonly Happened[], day: Day, args: SalesDailyArgs) {
  const events = all.filter(({ recordedAt }) => dayOf(recordedAt) <= (args.knownOn ?? '9999'));
  const people: (string | null)[] = ['e0', 'e1', 'e2', 'stranger', null];
  return people
    .filter(person => isWanted(events, person, day, args))
    .map(person => ({ person, row: rowOf(events, person, day) }))
    .filter(({ person, row }) => wasThere(events, person, day) || hasFigures(row))
    .map(({ row }) => row);
}

function isWanted(events: readonly Happened[], person: string | null, day: Day, args: SalesDailyArgs): boolean {
  if (person === null) return !args.employees && !args.team && !args.region;
  if (args.employees && !args.employees.includes(person)) return false;
  const [team, region] = placeOf(events, person, day);
  return (!args.team || args.team === team) && (!args.region || args.region === region);
}

function placeOf(events: readonly Happened[], person: string, day: Day): [team?: string, region?: string] {
  const hiring = of(events, 'EmployeeHired').find(({ data }) => data.employeeId === person)?.data;
  const moves = of(events, 'EmployeeMoved')
    .map(({ data }) => data)
    .filter(({ employeeId, effectiveOn }) => employeeId === person && effectiveOn <= day)
    .sort((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : a.effectiveOn > b.effectiveOn ? 1 : 0));
  const team = moves.findLast(({ teamId }) => teamId)?.teamId ?? hiring?.teamId;
  const own = moves.findLast(({ region }) => region)?.region ?? hiring?.region;
  return [team, own ?? of(events, 'TeamFormed').find(({ data }) => data.teamId === team)?.data.region];
}

function wasThere(events: readonly Happened[], person: string | null, day: Day): boolean {
  const hiring = of(events, 'EmployeeHired').find(({ data }) => data.employeeId === person)?.data;
  const dismissal = of(events, 'EmployeeDismissed').find(({ data }) => data.employeeId === person)?.data;
  return Boolean(hiring) && (hiring!.hiredOn ?? '') <= day && day <= (dismissal?.dismissedOn ?? '9999');
}

function rowOf(events: readonly Happened[], person: string | null, day: Day) {
  const isTheirs = (owner: string | undefined, on: Day) => (owner ?? null) === person && on === day;
  const reversed = of(events, 'PaymentReversed').map(({ data }) => data.paymentId);
  const retracted = of(events, 'InteractionRetracted').map(({ data }) => data.interactionId);
  const payments = of(events, 'PaymentReceived')
    .map(({ data }) => data)
    .filter(({ paymentId, ownerId, paidOn }) => isTheirs(ownerId, paidOn) && !reversed.includes(paymentId));
  const contracts = of(events, 'ContractSigned')
    .map(({ data }) => data)
    .filter(({ ownerId, signedOn }) => isTheirs(ownerId, signedOn));
  const customers = of(events, 'CustomerRegistered')
    .map(({ data }) => data)
    .filter(({ ownerId, registeredOn }) => isTheirs(ownerId, registeredOn));
  const nameOf = ({ customerId, name }: CrmEvents['CustomerRegistered']) =>
    of(events, 'CustomerProfileChanged').findLast(({ data }) => data.customerId === customerId)?.data.name ?? name;
  const kinds = of(events, 'InteractionLogged')
    .map(({ data }) => data)
    .filter(
      ({ interactionId, employeeId, happenedOn }) =>
        isTheirs(employeeId, happenedOn) && !retracted.includes(interactionId),
    )
    .map(({ kind }) => kind);
  return {
    day,
    employeeId: person,
    receipts: amountsOf(payments),
    contractsSigned: amountsOf(contracts),
    newCustomers: { count: customers.length, names: customers.map(nameOf).sort() },
    interactions: [...new Set(kinds)].sort().map(kind => ({ kind, count: kinds.filter(k => k === kind).length })),
    tasksTaken: of(events, 'TaskAccepted').filter(({ data }) => isTheirs(data.assigneeId, data.acceptedOn)).length,
    tasksCompleted: of(events, 'TaskCompleted').filter(({ data }) => isTheirs(data.assigneeId, data.completedOn))
      .length,
    newLeads: of(events, 'LeadCaptured').filter(({ data, metadata }) =>
      isTheirs(data.ownerId, dayOf(metadata.occurredAt)),
    ).length,
    newOpportunities: of(events, 'OpportunityOpened').filter(({ data }) => isTheirs(data.ownerId, data.openedOn))
      .length,
  };
}

function amountsOf(list: readonly { amount: { minor: number; currency: string } }[]) {
  const currencies = [...new Set(list.map(({ amount }) => amount.currency))].sort();
  const amounts = currencies.map(currency => ({
    minor: list.filter(({ amount }) => amount.currency === currency).reduce((sum, { amount }) => sum + amount.minor, 0),
    currency,
  }));
  const amount = currencies.length > 1 ? null : (amounts[0] ?? { minor: 0, currency: 'CNY' });
  return { count: list.length, amount, amounts };
}

const hasFigures = (row: ReturnType<typeof rowOf>): boolean =>
  row.receipts.count + row.contractsSigned.count + row.newCustomers.count + row.interactions.length > 0 ||
  row.tasksTaken + row.tasksCompleted + row.newLeads + row.newOpportunities > 0;
