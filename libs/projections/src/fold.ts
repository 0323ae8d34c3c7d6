import type { ProjectedEvent } from '#event-sourcing/projection.js';
import { type Failures, FoldFailure, type Subject, strict } from './failures.js';
import type { LogPlan, Plan, RowsPlan } from './plan.js';
import type { RowState } from './row-cache.js';
import { RowsFold } from './rows-fold.js';
import { TotalsChanges } from './totals-changes.js';
import type { Row } from './values.js';

interface Step {
  readonly event: ProjectedEvent;
  readonly table: RowsFold;
  readonly key: string;
  /** `undefined`: it has to be adopted first. */
  readonly state: RowState | undefined;
}

/** Events with the rows that they concern; what could not even be told that is among the failures. */
export interface Agenda {
  readonly events: readonly ProjectedEvent[];
  readonly steps: readonly Step[];
  /** The keys that the fold needs and the cache does not have. */
  readonly missing: ReadonlyMap<RowsFold, Set<string>>;
}

/**
 * Folds events into rows that are kept in memory, and notes what came of it: which rows were touched, how the totals change,
 * which lines to append. Knows no database.
 */
export class Fold {
  readonly tables: readonly RowsFold[];
  readonly totals: readonly TotalsChanges[];
  readonly lines: ReadonlyMap<LogPlan, Row[]>;
  private readonly byType = new Map<string, readonly RowsFold[]>();

  constructor(
    readonly plan: Plan,
    private readonly failures: Failures = strict,
  ) {
    this.totals = plan.totals.map(totals => new TotalsChanges(totals));
    this.tables = plan.rows.map(rows => new RowsFold(rows, this.totals));
    this.lines = new Map(plan.logs.map(log => [log, []]));
  }

  /** Which rows these events concern, and which of them have to be loaded. */
  agenda(events: readonly ProjectedEvent[]): Agenda {
    const steps: Step[] = [];
    const missing = new Map<RowsFold, Set<string>>();
    for (const event of events)
      for (const table of this.tablesOf(event.type)) {
        const key = this.keyOf(table.plan, event);
        if (key === undefined) continue;
        const state = table.cache.get(key);
        steps.push({ event, table, key, state });
        if (state) continue;
        const keys = missing.get(table);
        if (keys) keys.add(key);
        else missing.set(table, new Set([key]));
      }
    return { events, steps, missing };
  }

  /** All that an event concerns, as dead letters name it. */
  subjectsOf(event: ProjectedEvent): Subject[] {
    const { rows, logs } = this.plan.of(event.type);
    const ofRows = rows.map(plan => ({ table: plan.table.name, key: this.keyOf(plan, event) }));
    const ofLogs = logs.map(({ table: { name } }) => ({ table: name, key: event.id }));
    return [...ofRows, ...ofLogs].filter((subject): subject is Subject => subject.key !== undefined);
  }

  /** Folds the events; every row that they concern has been adopted. */
  run({ events, steps }: Agenda): void {
    for (const step of steps) this.step(step);
    if (this.lines.size === 0) return;
    for (const event of events) for (const log of this.plan.of(event.type).logs) this.append(log, event);
  }

  /** What was folded has been stored. */
  keep(): void {
    for (const { touched } of this.tables) {
      for (const state of touched) state.stored = state.row;
      touched.clear();
    }
  }

  /** What was folded was not stored: the rows are as before, and nothing is left to write. */
  undo(): void {
    for (const { touched } of this.tables) {
      for (const state of touched) {
        state.row = state.stored;
        state.parts = undefined;
      }
      touched.clear();
    }
    for (const changes of this.totals) changes.drain();
    for (const lines of this.lines.values()) lines.length = 0;
  }

  private tablesOf(type: string): readonly RowsFold[] {
    let tables = this.byType.get(type);
    if (!tables) {
      const { rows } = this.plan.of(type);
      tables = this.tables.filter(({ plan }) => rows.includes(plan));
      this.byType.set(type, tables);
    }
    return tables;
  }

  private keyOf(plan: RowsPlan, event: ProjectedEvent): string | undefined {
    try {
      const key: unknown = plan.table.keyOf(event) ?? undefined;
      if (key === undefined || typeof key === 'string') return key as string | undefined;
      throw new TypeError(`its key is a ${typeof key}`);
    } catch (cause) {
      // Whatever row it concerns, we cannot tell: the event alone is parked, under its stream.
      this.failures.failed(new FoldFailure(event, { table: plan.table.name, key: event.stream }, cause));
      return undefined;
    }
  }

  private step({ event, table, key, state }: Step): void {
    const subject = { table: table.plan.table.name, key };
    if (this.failures.waits(event, subject)) return;
    try {
      table.fold(state ?? table.cache.get(key)!, event);
    } catch (cause) {
      this.failures.failed(new FoldFailure(event, subject, cause));
    }
  }

  private append(log: LogPlan, event: ProjectedEvent): void {
    const subject = { table: log.table.name, key: event.id };
    if (this.failures.waits(event, subject)) return;
    try {
      this.lines.get(log)!.push(...log.linesOf(event));
    } catch (cause) {
      this.failures.failed(new FoldFailure(event, subject, cause));
    }
  }
}
