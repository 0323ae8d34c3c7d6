import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore, ReadAllOptions } from '#event-sourcing/event-store.js';
import { type LogUnderTest, logUnderTest } from '#event-store/postgres/testing/log-under-test.js';
import { child } from '#test/support/child.js';
import { Chance, PATIENCE_MS, report, thorough, trials } from './trials.js';
import { ROLLED_BACK, TYPES, type Writing, write } from './writing.js';

const WRITERS = 8;
const RUNS = trials({ short: 1, full: 5 });
const MILLISECONDS = thorough ? 30_000 : 2_500;

/**
 * Holds every fourth transaction open, some of them for long, and lets every tenth fail. In a trigger, so that the adapter runs its own
 * statements. (The seed does not reach Postgres: its `random()` is one per session.)
 */
const HOLD = `
  create function hold() returns trigger language plpgsql as $$
  begin
    if random() < 0.25 then perform pg_sleep(0.03 * random() ^ 3); end if;
    if tg_op = 'INSERT' and random() < 0.1 then raise exception '${ROLLED_BACK}'; end if;
    return null;
  end $$`;

let log: LogUnderTest;
beforeEach(async () => {
  log = await logUnderTest();
  await log.owner.query(HOLD);
});
afterEach(() => log.close());

it(
  'A follower gets every event once and in order while 8 processes write, hold their transactions, roll back and lose their connections',
  async () => {
    const held = 'for each statement execute function hold()';
    await log.owner.query(`create trigger held before update on event_store.head ${held}`);
    await log.owner.query(`create trigger held after insert on event_store.events ${held}`);
    for (let run = 0; run < RUNS; run++) {
      const chance = new Chance();
      const outcome = await followWhileWriting(chance);
      report('followers skip nothing', chance, { writers: WRITERS, milliseconds: MILLISECONDS, ...outcome });
      expect(outcome).toMatchObject({ missed: 0, outOfOrder: 0, lost: 0 });
      expect(outcome.delivered).toBeGreaterThan(WRITERS);
    }
  },
  PATIENCE_MS,
);

it('Control: who follows the numbers of a sequence misses events', async () => {
  await log.owner.query('create table plain (position bigserial primary key)');
  await log.owner.query('create trigger held after insert on plain for each statement execute function hold()');
  expect(await missedInSequence(log.url, 700)).toBeGreaterThan(0);
});

async function followWhileWriting(chance: Chance) {
  const after = await log.store.head();
  const followers = [
    following(await log.open(), { after, pageSize: 7 }),
    following(await log.open({ pollEvery: 50 }), { after, types: TYPES.slice(0, 2) }),
  ];
  const stop = new AbortController();
  const cutting = cutNowAndThen(chance, stop.signal);
  const acknowledged = await writers(chance);
  stop.abort();
  const cuts = await cutting;
  const { rows } = await log.owner.query<{ id: string; type: string }>(
    'select id, type from event_store.events where position > $1 order by position',
    [after],
  );
  const [events, events2] = await Promise.all(followers.map(async follower => follower.until(await log.store.head())));
  const wanted = [rows, rows.filter(({ type }) => type !== TYPES[2])];
  const compared = [events!, events2!].map((delivered, n) => compare(delivered, wanted[n]!));
  const stored = new Set(rows.map(({ id }) => id));
  return {
    events: rows.length,
    cuts,
    delivered: events!.length + events2!.length,
    missed: compared.reduce((sum, { missed }) => sum + missed, 0),
    outOfOrder: compared.reduce((sum, { outOfOrder }) => sum + outOfOrder, 0),
    lost: acknowledged.filter(id => !stored.has(id)).length,
  };
}

/** What was never delivered, and what was delivered again or too late. */
function compare(delivered: readonly RecordedEvent[], wanted: readonly { id: string }[]) {
  const ids = new Set(delivered.map(({ id }) => id));
  return {
    missed: wanted.filter(({ id }) => !ids.has(id)).length,
    outOfOrder: delivered.filter(({ position }, at) => at > 0 && position <= delivered[at - 1]!.position).length,
  };
}

function following(store: EventStore, options: ReadAllOptions) {
  const stop = new AbortController();
  const events: RecordedEvent[] = [];
  let seen = options.after ?? 0n;
  let enough: () => void = () => undefined;
  const running = (async () => {
    for await (const page of store.follow({ ...options, signal: stop.signal })) {
      events.push(...page.events);
      seen = page.upTo;
      enough();
    }
  })();
  return {
    /** What was delivered when the follower says that it has seen everything up to there. */
    until: async (position: bigint) => {
      await new Promise<void>(resolve => {
        enough = () => seen >= position && resolve();
        enough();
      });
      stop.abort();
      await running;
      return events;
    },
  };
}

/** Processes of their own for the full number of trials; the short version saves the seconds that they take to start. */
async function writers(chance: Chance): Promise<string[]> {
  const start = chance.between(0, 2 ** 30);
  const all = Array.from({ length: WRITERS }, (_, n): Writing => {
    return { url: log.url, writer: start + n, seed: start + n, milliseconds: MILLISECONDS };
  });
  const acknowledged = await Promise.all(all.map(writing => (thorough ? writeElsewhere(writing) : write(writing))));
  return acknowledged.flat();
}

async function writeElsewhere(writing: Writing): Promise<string[]> {
  const other = child(`import { write } from '#test/faults/writing.js';
    console.log(JSON.stringify(await write(${JSON.stringify(writing)})));`);
  const acknowledged = JSON.parse(await other.line()) as string[];
  expect(await other.ended).toBe(0);
  return acknowledged;
}

/** Breaks one connection after the other, of writers and of followers. */
async function cutNowAndThen(chance: Chance, signal: AbortSignal): Promise<number> {
  for (let cuts = 0; ; cuts++) {
    await sleep(chance.between(50, 400), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return cuts;
    await log.owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'event-store' order by random() limit 1`,
    );
  }
}

/** The usual way: positions from a sequence, and a reader who goes on behind the highest number that it saw. */
async function missedInSequence(url: string, milliseconds: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: WRITERS + 1 });
  const until = Date.now() + milliseconds;
  const insert = async () => {
    while (Date.now() < until) await pool.query('insert into plain default values').catch(() => undefined);
  };
  const writing = Promise.all(Array.from({ length: WRITERS }, insert));
  let writingStill = true;
  void writing.then(() => {
    writingStill = false;
  });
  let [last, delivered] = ['0', 0];
  for (let more = true; more; ) {
    more = writingStill;
    const { rows } = await pool.query<{ position: string }>(
      'select position from plain where position > $1 order by position',
      [last],
    );
    delivered += rows.length;
    last = rows.at(-1)?.position ?? last;
  }
  const { rows } = await pool.query<{ count: number }>('select count(*)::int as count from plain');
  await pool.end();
  return rows[0]!.count - delivered;
}
