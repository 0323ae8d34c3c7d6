import type { Day, RecordedEvent } from '#event-sourcing/event.js';
import { foldInMemory } from '#projections/fold-in-memory.js';
import { tables } from '#read-models/directory/directory.projection.js';
import { type FunnelTables, funnel } from '#read-models/funnel/funnel.projection.js';
import { funnelOf } from '#read-models/funnel/funnel.query.js';
import { type OrganisationTables, organisation } from '#read-models/organisation/organisation.projection.js';
import { salesDaily } from '#read-models/sales-daily/sales-daily.projection.js';
import { SalesDailyResolver } from '#read-models/sales-daily/sales-daily.resolver.js';
import type { Reading } from '#read-models/shared/reading.js';
import { asSystem } from '../support/viewing.js';
import { type CrmModel, STAGES } from './crm-model.js';

export const TIME_ZONE = 'Asia/Shanghai';
const EVER = { from: '2026-01-01', to: '2026-12-31' };

type Lines = readonly string[];
const lines = (of: readonly (readonly unknown[])[]): Lines => of.map(parts => parts.join(' ')).sort();

const receivedFor = ({ payments }: CrmModel, contractId: string): number =>
  [...payments.values()]
    .filter(payment => payment.contractId === contractId && !payment.reversed)
    .reduce((sum, { amount }) => sum + amount, 0);

/** When the first amount falls due that what was received does not cover. */
function nextDueOn(instalments: readonly { dueOn: Day; minor: number }[], received: number): Day | null {
  let due = 0;
  for (const { dueOn, minor } of [...instalments].sort((a, b) => (a.dueOn < b.dueOn ? -1 : 1))) {
    due += minor;
    if (due > received) return dueOn;
  }
  return null;
}

/** The lists as the model has them. */
export function listsIn(model: CrmModel): Record<string, Lines> {
  const { customers, opportunities, contracts, payments, tasks } = model;
  return {
    customers: lines([...customers].map(([id, { ownerId }]) => [id, ownerId])),
    opportunities: lines(
      [...opportunities].map(([id, { end, stage, ownerId, amount }]) => [
        ...[id, end?.toUpperCase() ?? 'OPEN', STAGES[stage], ownerId, amount],
      ]),
    ),
    contracts: lines(
      [...contracts].map(([id, { status, ownerId, amount, instalments }]) => {
        const received = receivedFor(model, id);
        const signed = status === 'SIGNED';
        return [
          id,
          status,
          ownerId,
          received,
          signed ? amount - received : 0,
          signed ? nextDueOn(instalments, received) : null,
        ];
      }),
    ),
    payments: lines(
      [...payments].map(([id, { reversed, ownerId, paidOn, amount }]) => [
        ...[id, reversed ? 'REVERSED' : 'RECEIVED', ownerId, paidOn, amount],
      ]),
    ),
    tasks: lines([...tasks].map(([id, { status, assigneeId, completedOn }]) => [id, status, assigneeId, completedOn])),
  };
}

/** The lists as the product folds them; `directory` may be a broken one. */
export function listsOf(events: readonly RecordedEvent[], directory: typeof tables = tables): Record<string, Lines> {
  const { customers, opportunities, contracts, payments, tasks } = foldInMemory(directory, events, TIME_ZONE);
  return {
    customers: lines(customers.map(({ customerId, ownerId }) => [customerId, ownerId])),
    opportunities: lines(
      opportunities.map(({ opportunityId, status, stage, ownerId, amountMinor }) => [
        ...[opportunityId, status, stage, ownerId, amountMinor],
      ]),
    ),
    contracts: lines(
      contracts.map(({ contractId, status, ownerId, receivedMinor, outstandingMinor, nextDueOn }) => [
        ...[contractId, status, ownerId, receivedMinor, outstandingMinor, nextDueOn],
      ]),
    ),
    payments: lines(
      payments.map(({ paymentId, status, ownerId, paidOn, amountMinor }) => [
        ...[paymentId, status, ownerId, paidOn, amountMinor],
      ]),
    ),
    tasks: lines(tasks.map(({ taskId, status, assigneeId, completedOn }) => [taskId, status, assigneeId, completedOn])),
  };
}

/** The reports as the model has them: how far the opportunities have come, and what each did on which day. */
export function reportsIn(model: CrmModel): Record<string, Lines> {
  const all = [...model.opportunities.entries()];
  const paid = (id: string): boolean => {
    const signed = [...model.contracts].filter(([, one]) => one.opportunityId === id && one.status === 'SIGNED');
    return signed.length > 0 && signed.every(([contractId, { amount }]) => receivedFor(model, contractId) >= amount);
  };
  const steps = [...STAGES, 'won', 'paid'].map(step => {
    const reached = all.filter(([id, { visited }]) => (step === 'paid' ? paid(id) : visited.includes(step)));
    const here = all.filter(([, { visited }]) => visited.at(-1) === step);
    const [open, lost] = [here.filter(([, { end }]) => !end), here.filter(([, { end }]) => end === 'lost')];
    return [step, reached.length, reached.reduce((sum, [, { amount }]) => sum + amount, 0), open.length, lost.length];
  });
  const days = new Map<string, [receipts: number, minor: number, signed: number, completed: number]>();
  const did = (on: Day, who: string | undefined, figures: [number, number, number, number]) => {
    const before = days.get(`${on} ${who}`) ?? [0, 0, 0, 0];
    days.set(`${on} ${who}`, before.map((figure, n) => figure + figures[n]!) as typeof figures);
  };
  for (const { reversed, paidOn, ownerId, amount } of model.payments.values())
    if (!reversed) did(paidOn, ownerId, [1, amount, 0, 0]);
  for (const { signedOn, ownerId } of model.contracts.values()) if (signedOn) did(signedOn, ownerId, [0, 0, 1, 0]);
  for (const { completedOn, assigneeId } of model.tasks.values())
    if (completedOn) did(completedOn, assigneeId, [0, 0, 0, 1]);
  return { funnel: lines(steps), daily: lines([...days].map(([day, figures]) => [day, ...figures])) };
}

export const reportProjections = [funnel, organisation, salesDaily];

/** The reports as the product answers them, also as known at the end of an earlier day. */
export async function reportsOf(reading: Reading, knownOn?: Day): Promise<Record<string, Lines>> {
  const view = await reading.at<FunnelTables & OrganisationTables>(asSystem.viewer, []);
  const asked = { cohort: EVER, pipeline: 'default', mode: 'ANY', groupBy: [], knownOn } as const;
  const { stages } = await funnelOf(view, asked);
  const { rows } = await new SalesDailyResolver(reading).salesDaily({ ...EVER, knownOn }, asSystem);
  return {
    funnel: lines(
      stages.map(({ stage, reached, amounts, openHere, lostHere }) => [
        ...[stage, reached, amounts.reduce((sum, { minor }) => sum + minor, 0), openHere, lostHere],
      ]),
    ),
    daily: lines(
      rows()
        .filter(
          ({ receipts, contractsSigned, tasksCompleted }) => receipts.count + contractsSigned.count + tasksCompleted,
        )
        .map(({ day, employee, receipts, contractsSigned, tasksCompleted }) => [
          ...[day, employee?.id, receipts.count, receipts.amount?.minor, contractsSigned.count, tasksCompleted],
        ]),
    ),
  };
}
