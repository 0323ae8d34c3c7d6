import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openPostgresStore, type PostgresEventStore } from '#event-store/postgres/postgres-event-store.js';
import { projections } from '#read-models/read-models.js';
import type { Child } from '#test/support/child.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { startProjector, type Variant } from './projector-process.js';
import { ReadModels, until } from './read-models.js';
import { Selling, wrongEffects } from './selling.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

/** Every second one hangs instead of being killed. */
const TAKE_OVERS = trials({ short: 2, full: 100 });
/** A lease lasts eight seconds, and a stand-by looks every third of that. */
const TAKEN_OVER_WITHIN_MS = 20_000;

/** Notes who moves which checkpoint from where to where, in the order in which it happened. */
const WATCH = `
  create table moves (
    id bigint generated always as identity, name text, slot text, epoch bigint, before bigint, after bigint, writer text
  );
  create function watch_move() returns trigger language plpgsql as $$
  begin
    insert into moves (name, slot, epoch, before, after, writer)
    values (new.name, new.slot, new.epoch, old.position, new.position, current_setting('application_name'));
    return null;
  end $$;
  create trigger watch_move after update of position on projections.generations
    for each row execute function watch_move()`;

let database: TestDatabase;
let store: PostgresEventStore;
let readModels: ReadModels;
let selling: Selling | undefined;
const projectors = new Map<string, Child>();
beforeEach(async () => {
  database = await testDatabase();
  store = await openPostgresStore(database.url);
  readModels = new ReadModels(database.url, store);
});
afterEach(async () => {
  await selling?.end();
  for (const name of projectors.keys()) await kill(name);
  await readModels.close();
  await store.close();
  await database.drop();
});

let started = 0;
function start(variant?: Variant): string {
  const name = `projector-${++started}`;
  projectors.set(name, startProjector({ url: database.url, variant, name }));
  return name;
}

async function kill(name: string): Promise<void> {
  await projectors.get(name)?.kill();
  projectors.delete(name);
}

/** Which of our processes works on a projection. */
async function ownerOf(projection: string): Promise<string | undefined> {
  const pid = Number((await readModels.ownerOf(projection).catch(() => undefined))?.split(':')[1]);
  return [...projectors].find(([, { process }]) => process.pid === pid)?.[0];
}

/** Starts the first projector, and watches from its first step on. */
async function startWatched(variant?: Variant): Promise<string> {
  const first = start(variant);
  await until(async () => (await ownerOf('stages')) === first);
  await readModels.query(WATCH);
  return first;
}

it(
  'Of two projectors one works; when it is killed or hangs the other takes over, and nothing counts twice',
  async () => {
    const chance = new Chance();
    selling = new Selling(store, 'sales', 2);
    const takeOvers: number[] = [];
    let owner = await startWatched();
    for (let n = 0; n < TAKE_OVERS; n++) {
      const standBy = await startStandBy();
      await sleep(chance.between(0, 500));
      takeOvers.push(await takeOver(standBy, () => (n % 2 ? kill(owner) : hang(owner))));
      await wakeUp(owner);
      owner = standBy;
    }
    const outcome = await finish();
    report('one projector at a time', chance, { takeOvers: TAKE_OVERS, ...timesOf(takeOvers), ...outcome });
    expect(outcome).toMatchObject({ wrong: '', missing: 0, repeated: 0, overlaps: 0, writers: TAKE_OVERS + 1 });
    expect(Math.max(...takeOvers)).toBeLessThan(TAKEN_OVER_WITHIN_MS);
  },
  PATIENCE_MS,
);

it('Control: two projectors that ask nobody write at the same time, and events count twice', async () => {
  selling = new Selling(store, 'control', 2);
  await startWatched('unfenced');
  await startStandBy('unfenced');
  await until(async () => (await writersOf('history')).length > 1);
  await sleep(1_000);
  const { wrong, overlaps } = await finish();
  expect(wrong).toContain('history');
  expect(overlaps).toBeGreaterThan(0);
});

/** A second process that is there, but has nothing to do. */
async function startStandBy(variant?: Variant): Promise<string> {
  const name = start(variant);
  await until(async () => (await readModels.query(CONNECTED, [name])).length > 0, 50);
  return name;
}

/** It has come as far as reading the registry. */
const CONNECTED = `select from pg_stat_activity where application_name = $1 and query ~ 'projections\\.(generations|leases)'`;

/** Takes the owner out of the game; how long it took until the other one had moved every read model, in ms. */
async function takeOver(standBy: string, out: () => Promise<void>): Promise<number> {
  await out();
  const since = performance.now();
  await until(async () => {
    const moved = await readModels.query<{ name: string }>(
      `select distinct name from moves where writer = $1 and slot = 'live'`,
      [standBy],
    );
    return moved.length === projections.length;
  }, 50);
  return Math.round(performance.now() - since);
}

/** Stops a process (it lives, and answers nothing) at a moment at which it has moved a checkpoint, but not committed. */
async function hang(name: string): Promise<void> {
  const { process } = projectors.get(name)!;
  const inTransaction = `select from pg_stat_activity
    where application_name = $1 and state = 'idle in transaction' and query not like 'begin%'`;
  for (;;) {
    process.kill('SIGSTOP');
    // What had reached Postgres before is done by now; what remains open waits for the process.
    await sleep(20);
    if ((await readModels.query(inTransaction, [name])).length > 0) return;
    process.kill('SIGCONT');
    await sleep(7);
  }
}

/** What a process does that believes itself the owner still, and was none for seconds. */
async function wakeUp(name: string): Promise<void> {
  if (!projectors.get(name)?.process.kill('SIGCONT')) return;
  await sleep(500);
  await kill(name);
}

const writersOf = (name: string) =>
  readModels.query(`select distinct writer from moves where name = $1 and slot = 'live'`, [name]);

const timesOf = (milliseconds: readonly number[]) => ({
  fastestTakeOverMs: Math.min(...milliseconds),
  slowestTakeOverMs: Math.max(...milliseconds),
});

/** Steps of one epoch by more than one process, steps of an epoch that was over, and steps that did not begin where the last one ended. */
const MOVES = `
  with step as (
    select *, lag(after) over steps as stood, max(epoch) over steps as latest, min(writer) over (partition by name, epoch) as owner
    from moves where slot in ('live', 'reactor')
    window steps as (partition by name order by id)
  )
  select count(*) filter (where before <> stood or epoch < latest or writer <> owner)::int as overlaps,
    count(*)::int as moves, count(distinct writer)::int as writers, max(epoch)::int as epochs from step`;

/** Lets the last projector bring everything up to date, ends it, and looks at what came of it all. */
async function finish() {
  await selling!.end();
  await readModels.upToDate();
  for (const name of projectors.keys()) await kill(name);
  const [moves] = await readModels.query<{ overlaps: number; moves: number; writers: number; epochs: number }>(MOVES);
  return { ...moves!, ...(await wrongEffects(store)), wrong: (await readModels.wrong()).join() };
}
