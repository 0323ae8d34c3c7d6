import type { Position } from '#event-sourcing/event.js';
import type { ProjectedEvent } from '#event-sourcing/projection.js';
import { type Batch, BuildWrites } from './build-writes.js';
import type { Database } from './database.js';
import { finishTables } from './finish-tables.js';
import { Fold } from './fold.js';
import { KeyFilter } from './key-filter.js';
import { type LeavingRows, leave } from './leaving-rows.js';
import { schemaOf } from './naming.js';
import { allOf } from './pipeline.js';
import type { Plan } from './plan.js';
import { knownDays } from './projected-events.js';
import { Rate } from './rate.js';
import { createGeneration, type Generation, noteError } from './registry.js';
import type { RowBudget } from './row-budget.js';
import type { RowState } from './row-cache.js';
import type { RowsFold } from './rows-fold.js';
import { Skips } from './skips.js';
import { tablesOf } from './table-shape.js';
import { inTransaction } from './transaction.js';
import type { Turns } from './turns.js';
import { loadMissing } from './write-page.js';

/** Lines that are worth a COPY of their own; more would only lie in memory longer. */
const LINES_PER_WRITE = 5_000;

export interface BuildOptions {
  readonly database: Database;
  readonly plan: Plan;
  readonly timeZone: string;
  /** What all builds that go on at the same time may remember. */
  readonly budget: RowBudget;
  /** One of them writes at a time: the other processor folds, and few connections are taken. */
  readonly writes: Turns;
}

/**
 * Builds a generation's tables from the beginning of the log. Rows are written when they leave the cache, and not at all before;
 * changes are appended; the totals are computed from them at the end, and the indexes last.
 */
export class Build {
  private readonly fold: Fold;
  private readonly schema: string;
  private readonly rate = new Rate();
  /** The keys that were let go from a table's cache: a row of these that is not in memory may be in the database. */
  private readonly spilled = new Map<RowsFold, KeyFilter>();
  private readonly writes: BuildWrites;
  private readonly known: { from?: string; until?: string } = {};
  private pace = 0;

  private constructor(
    private readonly options: BuildOptions,
    private readonly generation: Generation,
    skips: Skips,
  ) {
    this.fold = new Fold(options.plan, skips);
    this.schema = schemaOf(generation.name, 'next');
    this.writes = new BuildWrites(options, generation);
    for (const { cache } of this.fold.tables) options.budget.add(cache);
  }

  /** Begins afresh: what an earlier build left behind is dropped. */
  static async begin(options: BuildOptions): Promise<Build> {
    const { database, plan, timeZone } = options;
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
    return new Build(options, generation!, await Skips.load(database.pool, generation!));
  }

  get plan(): Plan {
    return this.options.plan;
  }

  /** Folds the next events. Writing goes on behind; a failure of it shows at the next call. @throws FoldFailure */
  async take(page: readonly ProjectedEvent[], upTo: Position): Promise<void> {
    this.note(page);
    const agenda = this.fold.agenda(page);
    await this.adopt(agenda.missing);
    this.fold.run(agenda);
    for (const { touched } of this.fold.tables) touched.clear();
    this.pace = this.rate.count(page.length);
    const batch = this.batch(this.options.budget.spent ? 'old' : 'lines');
    if (batch) await this.write(batch, upTo);
  }

  /** Writes the rest, computes the totals, and makes keys and indexes; afterwards the tables are as a live projection's. */
  async finish(upTo: Position): Promise<void> {
    await this.write(this.batch('all')!, upTo);
    await this.writes.ended();
    this.release();
    await finishTables(this.options.database, this.schema, this.plan, this.writes.keyed);
  }

  /** Waits for what is under way and notes why it was in vain. */
  async fail(error: unknown): Promise<void> {
    this.release();
    await this.writes.ended().catch(() => undefined);
    await noteError(this.options.database, this.generation, error).catch(() => undefined);
  }

  private release(): void {
    for (const { cache } of this.fold.tables) {
      this.options.budget.remove(cache);
      cache.clear();
    }
  }

  private async adopt(missing: ReadonlyMap<RowsFold, ReadonlySet<string>>): Promise<void> {
    const spilled = new Map<RowsFold, Set<string>>();
    for (const [table, keys] of missing) {
      const onTheirWay = this.writes.onTheirWay(table);
      const filter = this.spilled.get(table);
      const [created, unknown] = [new Set<string>(), new Set<string>()];
      for (const key of keys) {
        const state = onTheirWay?.get(key);
        if (state) table.cache.add(state);
        else (filter?.mayHave(key) ? unknown : created).add(key);
      }
      table.adopt(created);
      if (unknown.size) spilled.set(table, unknown);
    }
    if (spilled.size) await allOf(loadMissing(this.options.database.pool, this.schema, spilled));
  }

  /** What is due to be written: lines, if there are enough of them, the older rows, which then leave the cache, or everything. */
  private batch(due: 'lines' | 'old' | 'all'): Batch | undefined {
    const { tables, totals, lines } = this.fold;
    const leaving = new Map<RowsFold, LeavingRows>();
    for (const table of due === 'lines' ? [] : tables) {
      const states = [...(due === 'all' ? table.cache.states() : table.cache.age())];
      if (!states.length) continue;
      leaving.set(table, leave(states));
      if (due === 'old') this.noteSpilled(table, states);
    }
    const sizes = [...totals.map(({ size }) => size), ...[...lines.values()].map(({ length }) => length)];
    if (due !== 'all' && !leaving.size && sizes.every(size => size < LINES_PER_WRITE)) return undefined;
    return {
      rows: leaving,
      spilled: [...leaving.keys()].filter(table => this.spilled.has(table)).map(({ plan }) => plan),
      changes: new Map(totals.map(changes => [changes.plan, changes.drain()])),
      lines: new Map([...lines].map(([plan, appended]) => [plan, appended.splice(0)])),
    };
  }

  private noteSpilled(table: RowsFold, states: readonly RowState[]): void {
    const filter = this.spilled.get(table) ?? new KeyFilter();
    this.spilled.set(table, filter);
    for (const { key } of states) filter.add(key);
  }

  private write(batch: Batch, upTo: Position): Promise<void> {
    const { from, until } = this.known;
    return this.writes.write(batch, { to: upTo, eventsPerSecond: this.pace, knownFrom: from, knownUntil: until });
  }

  private note(page: readonly ProjectedEvent[]): void {
    for (const knownOn of knownDays(page)) {
      if (!this.known.from || knownOn < this.known.from) this.known.from = knownOn;
      if (!this.known.until || knownOn > this.known.until) this.known.until = knownOn;
    }
  }
}
