import type { Day } from '#event-sourcing/event.js';
import type { Happened } from './sales-histories.js';
import { stages } from './sales-histories.js';

/** The business day of an instant at noon in Shanghai, as all of these histories have. */
const dayOf = (instant: string): Day => instant.slice(0, 10);

/** What was recorded by the end of a day. */
export const knownBy = (events: readonly Happened[], day: Day = '2999-12-31'): Happened[] =>
  events.filter(({ recordedAt }) => dayOf(recordedAt) <= day);

/** What the events say about one opportunity, written down without any regard to how the product counts. */
export interface Told {
  readonly id: string;
  readonly leadId?: string;
  readonly source?: string;
  readonly campaignId?: string;
  readonly openedOn: Day;
  readonly openedBy?: string;
  readonly visits: readonly { stage: string; on: Day; ownerId?: string }[];
  readonly end?: { how: 'won' | 'lost'; on: Day; ownerId?: string; reason?: string };
  readonly amount?: { minor: number; currency: string };
  readonly paid: boolean;
}

export function opportunitiesOf(events: readonly Happened[]): Told[] {
  return events.flatMap(event =>
    event.type === 'OpportunityOpened'
      ? [
          told(
            event.data,
            events.filter(({ data }) => 'opportunityId' in data && data.opportunityId === event.data.opportunityId),
          ),
        ]
      : [],
  );
}

function told(opening: Extract<Happened, { type: 'OpportunityOpened' }>['data'], events: readonly Happened[]): Told {
  let ownerId = opening.ownerId;
  let amount = opening.amount;
  let end: Told['end'];
  const visits: { stage: string; on: Day; ownerId?: string }[] = [];
  for (const { type, data, metadata } of events) {
    const on = dayOf(metadata.occurredAt);
    if (type === 'OpportunityHandedOver') ownerId = data.ownerId;
    if (type === 'OpportunityReestimated' || type === 'OpportunityWon') amount = data.amount ?? amount;
    if (type === 'StageAdvanced' || type === 'StageSteppedBack' || type === 'OpportunityReopened')
      visits.push({ stage: data.to, on, ownerId });
    if (type === 'OpportunityWon') visits.push({ stage: 'won', on, ownerId });
    if (type === 'OpportunityWon') end = { how: 'won', on, ownerId };
    if (type === 'OpportunityLost') end = { how: 'lost', on, ownerId, reason: data.reason };
    if (type === 'OpportunityReopened') end = undefined;
  }
  const { opportunityId: id, leadId, source, campaignId, openedOn, ownerId: openedBy } = opening;
  return { id, leadId, source, campaignId, openedOn, openedBy, visits, end, amount, paid: isPaid(events) };
}

function isPaid(events: readonly Happened[]): boolean {
  const ids = (type: Happened['type']) =>
    events.flatMap(event => (event.type === type ? [(event.data as { contractId: string }).contractId] : []));
  const terminated = ids('ContractTerminated');
  const inForce = ids('ContractSigned').filter(id => !terminated.includes(id));
  const reversed = events.flatMap(event => (event.type === 'PaymentReversed' ? [event.data.paymentId] : []));
  const receivedFor = (id: string) =>
    events.reduce(
      (sum, event) =>
        event.type === 'PaymentReceived' && event.data.contractId === id && !reversed.includes(event.data.paymentId)
          ? sum + event.data.amount.minor
          : sum,
      0,
    );
  return inForce.length > 0 && inForce.every(id => receivedFor(id) >= 200);
}

const steps = [...stages, 'won', 'paid'];

/** Whether an opportunity has reached a step, straight from the definitions. */
export function hasReached(mode: 'ANY' | 'STRICT' | 'IMPLIED', step: string, { visits, end, paid }: Told): boolean {
  const path = [...visits.map(({ stage }) => stage), ...(paid ? ['paid'] : [])];
  if (mode === 'ANY') return path.includes(step);
  const upTo = steps.slice(0, steps.indexOf(step) + 1);
  // In that order, with anything in between.
  if (mode === 'STRICT')
    return new RegExp(upTo.map(stage => `<${stage}>`).join('.*')).test(path.map(s => `<${s}>`).join(''));
  if (end?.how === 'lost') return steps.indexOf(step) <= steps.indexOf(visits.at(-1)!.stage);
  return path.some(stage => steps.indexOf(stage) >= steps.indexOf(step));
}

/** Where somebody was on a day, as the events tell it. */
export function placeOf(events: readonly Happened[], ownerId: string | undefined, day: Day) {
  const latest = (field: 'teamId' | 'region'): string | undefined => {
    let [value, since] = [undefined as string | undefined, ''];
    for (const { type, data } of events) {
      if (type === 'EmployeeHired' && data.employeeId === ownerId) value = data[field];
      if (type !== 'EmployeeMoved' || data.employeeId !== ownerId || data.effectiveOn > day || !data[field]) continue;
      if (data.effectiveOn >= since) [value, since] = [data[field], data.effectiveOn];
    }
    return value;
  };
  const teamId = latest('teamId');
  const team = events.find(event => event.type === 'TeamFormed' && event.data.teamId === teamId);
  const region = latest('region') ?? (team?.type === 'TeamFormed' ? team.data.region : undefined);
  return { teamId, region };
}

/** What decides the group of something: when it happened, whose it was then, and where it came from. */
export interface Grouped {
  readonly on: Day;
  readonly ownerId?: string;
  readonly source?: string;
  readonly campaignId?: string;
}

function dimensionOf(events: readonly Happened[], dimension: string, { ownerId, on, source, campaignId }: Grouped) {
  const place = placeOf(events, ownerId, on);
  const values: Record<string, string | undefined> = {
    COHORT_MONTH: on.slice(0, 7),
    COHORT_QUARTER: `${on.slice(0, 4)}-Q${Math.ceil(Number(on.slice(5, 7)) / 3)}`,
    COHORT_YEAR: on.slice(0, 4),
    PIPELINE: 'default',
    SOURCE: source,
    CAMPAIGN: campaignId,
    OWNER: ownerId,
    TEAM: place.teamId,
    REGION: place.region,
  };
  return values[dimension] ?? null;
}

/** The groups that something falls into, each with the values of its dimensions; none without dimensions. */
export function groupedBy<Member>(
  events: readonly Happened[],
  dimensions: readonly string[],
  members: readonly Member[],
  grouped: (member: Member) => Grouped,
): { of: (string | null)[]; members: Member[] }[] {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = JSON.stringify(dimensions.map(dimension => dimensionOf(events, dimension, grouped(member))));
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  if (dimensions.length === 0) return [];
  return [...groups].map(([key, members]) => ({ of: JSON.parse(key), members }));
}

export function sumsByCurrency(members: readonly Pick<Told, 'amount'>[]) {
  const sums: Record<string, number> = {};
  for (const { amount } of members) if (amount) sums[amount.currency] = (sums[amount.currency] ?? 0) + amount.minor;
  const currencies = Object.keys(sums).sort();
  return currencies.map(currency => ({ minor: sums[currency], currency }));
}

export function reasonsOf(lost: readonly Pick<Told, 'end'>[]): Record<string, number> {
  const reasons: Record<string, number> = {};
  for (const { end } of lost) reasons[end!.reason!] = (reasons[end!.reason!] ?? 0) + 1;
  return reasons;
}
