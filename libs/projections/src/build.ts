import type pg from 'pg';
import type { Position, RecordedEvent } from '#event-sourcing/event.js';
import type { ProjectedEvent } from '#event-sourcing/projection.js';
import { copyInto } from './copy.js';
import type { Database } from './database.js';
import { finishTables } from './finish-tables.js';
import { Fold } from './fold.js';
import { type LeavingRows, leave } from './leaving-rows.js';
import { schemaOf } from './naming.js';
import type { LogPlan, Plan, RowsPlan, TotalsPlan } from './plan.js';
import { projected } from './projected-events.js';
import { Rate } from './rate.js';
import { createGeneration, type Generation, moveCheckpoint, noteError } from './registry.js';
import { deleteFrom, upsertInto } from './statements.js';
import { primaryKeyOf, tablesOf } from './table-shape.js';
import type { Change } from './totals-changes.js';
import { inTransaction } from './transaction.js';
import type { Row } from './values.js';
import { loadMissing } from './write-page.js';

/** Rows per table that stay in memory: the bound of what a build takes. */
const CACHED_ROWS = 60_000;
/** Lines of changes that are worth a COPY of their own. */
const LINES_PER_WRITE = 20_000;

/** What is on its way into the database while folding goes on. */
interface Batch {
  readonly rows: ReadonlyMap<RowsPlan, LeavingRows>;
  readonly changes: ReadonlyMap<TotalsPlan, readonly Change[]>;
  readonly lines: ReadonlyMap<LogPlan, readonly Row[]>;
}

/**
 * Builds a generation's tables from the beginning of the log. Rows are written when they leave the cache, and not at all before;
 * changes are appended; the totals are computed from them at the end, and the indexes last.
 */
export class Build {
  private readonly fold: Fold;
  private readonly schema: string;
  private readonly rate = new Rate();
  /** Tables from whose cache a row was let go: from then on, a row that is not in memory may be in the database. */
  private readonly spilled = new Set<RowsPlan>();
  /** Tables that have their key already, because rows of them are looked up and overwritten. */
  private readonly keyed = new Set<RowsPlan>();
  private writing: { batch: Batch; done: Promise<void> } | undefined;
  private readonly known: { from?: string; until?: string } = {};
  private pace = 0;

  private constructor(
    private readonly database: Database,
    readonly plan: Plan,
    private generation: Generation,
    cachedRows: number,
  ) {
    this.fold = new Fold(plan, cachedRows);
    this.schema = schemaOf(generation.name, 'next');
  }

  /** Begins afresh: what an earlier build left behind is dropped. */
  static async begin(database: Database, plan: Plan, timeZone: string, cachedRows = CACHED_ROWS): Promise<Build> {
    const { name, version } = plan.projection;
    const schema = schemaOf(name, 'next');
    const generation = await inTransaction(database, async client => {
      await client.query(`delete from projections.generations where name = $1 and slot = 'next'`, [name]);
      await client.query(
        [
          `drop schema if exists ${schema} cascade`,
          `create schema ${schema}`,
          ...tablesOf(schema, plan.projection),
        ].join(';'),
      );
      return createGeneration(client, { name, slot: 'next', version, timeZone, types: plan.types ?? null });
    });
    return new Build(database, plan, generation!, cachedRows);
  }

  /** Folds the next events. Writing goes on behind; a failure of it shows at the next call. @throws FoldFailure */
  async take(events: readonly RecordedEvent[], upTo: Position): Promise<void> {
    const { timeZone } = this.generation;
    const page = events.map(event => projected(event, timeZone));
    this.note(page);
    const agenda = this.fold.agenda(page);
    await this.adopt(agenda.missing);
    this.fold.run(agenda);
    for (const states of this.fold.touched.values()) states.clear();
    this.pace = this.rate.count(events.length);
    const batch = this.batch(false);
    if (batch) await this.write(batch, upTo);
  }

  /** Writes the rest, computes the totals, and makes keys and indexes; afterwards the tables are as a live projection's. */
  async finish(upTo: Position): Promise<Generation> {
    await this.write(this.batch(true)!, upTo);
    await this.writing!.done;
    await finishTables(this.database, this.schema, this.plan, this.keyed);
    return this.generation;
  }

  /** Waits for what is under way and notes why it was in vain. */
  async fail(error: unknown): Promise<void> {
    await this.writing?.done.catch(() => undefined);
    await noteError(this.database, this.generation, error).catch(() => undefined);
  }

  private async adopt(missing: ReadonlyMap<RowsPlan, ReadonlySet<string>>): Promise<void> {
    const unknown = new Map<RowsPlan, Set<string>>();
    for (const [plan, keys] of missing) {
      const onTheirWay = this.writing?.batch.rows.get(plan)?.states;
      const cache = this.fold.caches.get(plan)!;
      const others = new Set<string>();
      for (const key of keys) {
        const state = onTheirWay?.get(key);
        if (state) cache.add(state);
        else others.add(key);
      }
      if (this.spilled.has(plan)) unknown.set(plan, others);
      else this.fold.adopt(plan, others);
    }
    if (unknown.size) await loadMissing(this.database.pool, this.schema, this.fold, unknown);
  }

  /** What is due to be written: rows that leave the cache and lines, if there are enough of them, or everything. */
  private batch(everything: boolean): Batch | undefined {
    const { caches, totals, lines } = this.fold;
    const leaving = new Map<RowsPlan, LeavingRows>();
    for (const [plan, cache] of caches) {
      const states = [...((everything ? cache.states() : cache.age()) ?? [])];
      if (!states.length) continue;
      leaving.set(plan, leave(states));
      if (!everything) this.spilled.add(plan);
    }
    const sizes = [...[...totals.values()].map(({ size }) => size), ...[...lines.values()].map(({ length }) => length)];
    if (!everything && !leaving.size && sizes.every(size => size < LINES_PER_WRITE)) return undefined;
    return {
      rows: leaving,
      changes: new Map([...totals].map(([plan, changes]) => [plan, changes.drain()])),
      lines: new Map([...lines].map(([plan, appended]) => [plan, appended.splice(0)])),
    };
  }

  /** One batch is on its way at a time: folding overlaps with it, and memory stays bounded. */
  private async write(batch: Batch, upTo: Position): Promise<void> {
    await this.writing?.done;
    const done = this.store(batch, upTo);
    // Thrown when the next batch waits for it; until then it must not count as unhandled.
    done.catch(() => undefined);
    this.writing = { batch, done };
  }

  private async store({ rows, changes, lines }: Batch, upTo: Position): Promise<void> {
    const { database, schema, generation } = this;
    await inTransaction(database, async client => {
      const { from, until } = this.known;
      const step = { to: upTo, eventsPerSecond: this.pace, knownFrom: from, knownUntil: until };
      await moveCheckpoint(client, generation, step);
      for (const [plan, states] of rows) await this.storeRows(client, plan, states);
      for (const [{ changes: shape }, appended] of changes) await copyInto(client, schema, shape, appended);
      for (const [{ shape }, appended] of lines) await copyInto(client, schema, shape, appended);
    });
    this.generation = { ...generation, position: upTo };
  }

  private async storeRows(
    client: pg.PoolClient,
    plan: RowsPlan,
    { fresh, changed, deleted }: LeavingRows,
  ): Promise<void> {
    const { schema, spilled, keyed } = this;
    if (spilled.has(plan) && !keyed.has(plan)) {
      await client.query(primaryKeyOf(schema, plan.table));
      keyed.add(plan);
    }
    if (deleted.length) await client.query(deleteFrom(schema, plan.shape), [deleted]);
    if (changed.length) await client.query(upsertInto(schema, plan.shape), [JSON.stringify(changed)]);
    await copyInto(client, schema, plan.shape, fresh);
  }

  private note(page: readonly ProjectedEvent[]): void {
    for (const { knownOn } of page) {
      if (!this.known.from || knownOn < this.known.from) this.known.from = knownOn;
      if (!this.known.until || knownOn > this.known.until) this.known.until = knownOn;
    }
  }
}
