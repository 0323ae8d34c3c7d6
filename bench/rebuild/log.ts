import { randomUUID } from 'node:crypto';
import type { CrmEvents } from '#crm/events.js';
import { addDays } from '#event-sourcing/business-time.js';
import type { NewEvent } from '#event-sourcing/event.js';

const STAGES = ['NeedsConfirmed', 'Proposal', 'Negotiation'];
const OWNERS = 50;
const SOURCES = 8;
const OPEN_AT_A_TIME = 5_000;
const EVENTS_PER_APPEND = 500;

/** The same numbers in every run: a linear congruential generator is random enough for a load. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Opportunity {
  readonly ids: { readonly opportunityId: string; readonly customerId: string; readonly ownerId: string };
  readonly amount: { readonly minor: number; readonly currency: string };
  depth: number;
}

/** The life of a sales organisation over two years: opportunities are opened, move on, and end won and paid, or lost. */
function* happenings(count: number): Iterable<{ type: keyof CrmEvents; data: object; day: string }> {
  const random = generator(42);
  const open: Opportunity[] = [];
  for (let index = 0; index < count; index++) {
    const day = addDays('2024-01-01', Math.floor((index / count) * 730));
    if (open.length < OPEN_AT_A_TIME && (open.length < 100 || random(4) === 0)) {
      const ids = {
        opportunityId: randomUUID(),
        customerId: randomUUID(),
        ownerId: `employee-${random(OWNERS)}`,
      };
      const amount = { minor: 1_000 * (1 + random(5_000)), currency: 'CNY' };
      open.push({ ids, amount, depth: 0 });
      const pipeline = {
        pipelineId: 'default',
        pipelineVersion: 1,
        stages: STAGES,
        source: `source-${random(SOURCES)}`,
      };
      yield { type: 'OpportunityOpened', data: { ...ids, ...pipeline, amount, openedOn: day }, day };
      continue;
    }
    const at = random(open.length);
    const { ids, amount, depth } = open[at]!;
    const from = STAGES[depth - 1];
    if (depth < STAGES.length && random(5) > 0) {
      yield { type: 'StageAdvanced', data: { ...ids, ...(from && { from }), to: STAGES[depth] }, day };
      open[at]!.depth++;
      continue;
    }
    open.splice(at, 1);
    if (depth < STAGES.length)
      yield { type: 'OpportunityLost', data: { ...ids, from, reason: 'price', lostOn: day }, day };
    else yield { type: 'OpportunityWon', data: { ...ids, from, amount, wonOn: day }, day };
  }
}

/** That many events, the same ones in every run but for their ids. */
export function* newEvents(count: number): Iterable<NewEvent> {
  for (const { type, data, day } of happenings(count)) {
    const recordedAt = `${day}T02:00:00.000Z`;
    const id = randomUUID();
    const actor = { id: 'employee-1', role: 'salesperson' };
    yield {
      id,
      type,
      data,
      recordedAt,
      metadata: { $correlationId: id, $causationId: id, actor, occurredAt: recordedAt, schemaVersion: 1 },
    };
  }
}

/** Hands the events over in batches for streams of their own, which the engine does not look at: loading is not what is measured. */
export async function fill(
  append: (stream: string, events: readonly NewEvent[]) => Promise<unknown>,
  count: number,
): Promise<void> {
  const batch: NewEvent[] = [];
  const send = () => append(`bench-${randomUUID()}`, batch.splice(0));
  for (const event of newEvents(count)) if (batch.push(event) === EVENTS_PER_APPEND) await send();
  if (batch.length) await send();
}
