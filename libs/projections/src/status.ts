import type { Instant, Position } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Database } from './database.js';
import { allGenerations, type Generation } from './registry.js';

/** Up to this many events are counted exactly; positions themselves count nothing on a store whose positions are byte offsets. */
const COUNTED_LAG = 10_000;
/** Behind by less, a projection counts as live. */
const LIVE_SECONDS = 5;
/** Behind and without a step for longer, it is stalled. A page takes tenths of a second. */
const STALLED_SECONDS = 5;

export type ProjectionState =
  /** Up to date, but for what was appended in the last seconds. */
  | 'live'
  | 'catchingUp'
  /** Events wait, and it has not moved for seconds: its process hangs, or somebody holds its rows. */
  | 'stalled'
  /** Behind because of `lastError`; it is tried again. */
  | 'failing'
  /** No process works on it. */
  | 'stopped';

export interface ProjectionStatus {
  readonly name: string;
  readonly kind: 'projection' | 'reactor';
  readonly state: ProjectionState;
  readonly version: number;
  readonly timeZone: string;
  readonly position: Position;
  readonly head: Position;
  /** Events of its types that it has not seen; `null`: more than 10,000. */
  readonly lagEvents: number | null;
  /** Age of the oldest of them, by when it was recorded; 0 without any. */
  readonly lagSeconds: number;
  readonly eventsPerSecond: number;
  /** Until it has caught up at that rate; `null` when that cannot be told. */
  readonly etaSeconds: number | null;
  readonly deadLetters: number;
  /** Events that somebody decided to leave out. */
  readonly skipped: number;
  readonly lastError: string | null;
  readonly updatedAt: Instant;
  readonly owner: string | null;
  /** The generation that is being built beside it. */
  readonly building: {
    readonly version: number;
    readonly position: Position;
    readonly eventsPerSecond: number;
    /** How much of the log is behind it, from 0 to 1. */
    readonly part: number;
    readonly lastError: string | null;
  } | null;
  /** Tables that were built beside it and wait to be compared and swapped, or whose build has failed. */
  readonly candidate: {
    readonly version: number;
    readonly position: Position;
    readonly ready: boolean;
    readonly lastError: string | null;
  } | null;
  /** The version that can be swapped back to. */
  readonly previousVersion: number | null;
}

interface Lag {
  readonly events: number | null;
  readonly seconds: number;
}

/** How far every projection and reactor is, measured against the log itself. `clock` says what time it is. */
export async function projectionStatus(
  { pool }: Database,
  store: EventStore,
  clock: () => Instant,
): Promise<ProjectionStatus[]> {
  // The head last: what is appended meanwhile counts as lag rather than being overlooked.
  const generations = await allGenerations(pool);
  const [owners, letters, skips] = [await ownersOf(pool), await lettersOf(pool), await skipsOf(pool)];
  const head = await store.head();
  const now = clock();
  const working = generations.filter(({ slot }) => slot === 'live' || slot === 'reactor');
  const beside = (name: string, slot: string) => generations.find(one => one.name === name && one.slot === slot);
  return Promise.all(
    working.map(async (generation): Promise<ProjectionStatus> => {
      const { name, slot, version, timeZone, position, eventsPerSecond, lastError, updatedAt } = generation;
      const lag = await lagOf(store, generation, head, now);
      const owner = owners.get(slot === 'reactor' ? `reactor:${name}` : name) ?? null;
      const next = beside(name, 'next');
      const building = next && owners.has(`${name}:build`);
      return {
        name,
        kind: slot === 'reactor' ? 'reactor' : 'projection',
        state: stateOf(generation, owner, lag, Boolean(building)),
        version,
        timeZone,
        position,
        head,
        lagEvents: lag.events,
        lagSeconds: lag.seconds,
        eventsPerSecond,
        etaSeconds: lag.events === 0 ? 0 : lag.events && eventsPerSecond ? lag.events / eventsPerSecond : null,
        deadLetters: letters.get(generation.id) ?? 0,
        skipped: skips.get(name) ?? 0,
        lastError,
        updatedAt,
        owner,
        building: building ? progressOf(next, head) : null,
        candidate: next && !building ? candidateOf(next) : null,
        previousVersion: beside(name, 'previous')?.version ?? null,
      };
    }),
  );
}

const progressOf = ({ version, position, readTo, eventsPerSecond, lastError }: Generation, head: Position) => ({
  version,
  position,
  eventsPerSecond,
  part: head ? Math.min(Math.max(Number(position), readTo ?? 0) / Number(head), 1) : 1,
  lastError,
});

const candidateOf = ({ version, position, ready, lastError }: Generation) => ({ version, position, ready, lastError });

function stateOf(
  { lastError, restingSeconds }: Generation,
  owner: string | null,
  lag: Lag,
  building: boolean,
): ProjectionState {
  if (!owner) return 'stopped';
  if (lastError) return 'failing';
  if (lag.seconds < LIVE_SECONDS) return 'live';
  // One that is filled for the first time does not move; what is built beside it does.
  return building || restingSeconds < STALLED_SECONDS ? 'catchingUp' : 'stalled';
}

/** Reads what is not yet folded, up to the bound: the only count that is right on every store. */
async function lagOf(store: EventStore, { position, types }: Generation, head: Position, now: Instant): Promise<Lag> {
  if (position >= head) return { events: 0, seconds: 0 };
  let events = 0;
  let oldest: Instant | undefined;
  for await (const page of store.readAll({ after: position, types: types ?? undefined, pageSize: 1_000 })) {
    oldest ??= page.events[0]?.recordedAt;
    events += page.events.length;
    if (events > COUNTED_LAG) break;
  }
  const seconds = oldest ? Math.max((Date.parse(now) - Date.parse(oldest)) / 1_000, 0) : 0;
  return { events: events > COUNTED_LAG ? null : events, seconds };
}

async function ownersOf(pool: Database['pool']): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ name: string; owner: string }>(
    'select name, owner from projections.leases where expires_at > clock_timestamp()',
  );
  return new Map(rows.map(({ name, owner }) => [name, owner]));
}

async function skipsOf(pool: Database['pool']): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ name: string; count: number }>(
    'select name, count(*) from projections.skipped group by name',
  );
  return new Map(rows.map(({ name, count }) => [name, count]));
}

async function lettersOf(pool: Database['pool']): Promise<Map<number, number>> {
  const { rows } = await pool.query<{ generation: number; count: number }>(
    'select generation, count(*) from projections.dead_letters group by generation',
  );
  return new Map(rows.map(({ generation, count }) => [generation, count]));
}
