import type { ProjectedEvent } from '#event-sourcing/projection.js';
import { type Failures, FoldFailure, type Subject, strict } from './failures.js';
import type { LogPlan, Plan, RowsPlan, TotalsPlan } from './plan.js';
import { RowCache, type RowState } from './row-cache.js';
import { TotalsChanges } from './totals-changes.js';
import type { Part, Row } from './values.js';

interface Step {
  readonly event: ProjectedEvent;
  readonly plan: RowsPlan;
  readonly key: string;
  /** `undefined`: it has to be adopted first. */
  readonly state: RowState | undefined;
}

/** Events with the rows that they concern; what could not even be told that is among the failures. */
export interface Agenda {
  readonly events: readonly ProjectedEvent[];
  readonly steps: readonly Step[];
  /** The keys that the fold needs and the cache does not have. */
  readonly missing: ReadonlyMap<RowsPlan, Set<string>>;
}

const noParts: readonly Part[] = [];

/**
 * Folds events into rows that are kept in memory, and notes what came of it: which rows were touched, how the totals change,
 * which lines to append. Knows no database.
 */
export class Fold {
  readonly caches: ReadonlyMap<RowsPlan, RowCache>;
  readonly totals: ReadonlyMap<TotalsPlan, TotalsChanges>;
  readonly lines: ReadonlyMap<LogPlan, Row[]>;
  /** Rows folded since the last `keep` or `undo`. */
  readonly touched: ReadonlyMap<RowsPlan, Set<RowState>>;

  /** @param cachedRows How many rows per table to remember. */
  constructor(
    readonly plan: Plan,
    cachedRows: number,
    private readonly failures: Failures = strict,
  ) {
    this.caches = new Map(plan.rows.map(rows => [rows, new RowCache(cachedRows)]));
    this.touched = new Map(plan.rows.map(rows => [rows, new Set()]));
    this.totals = new Map(plan.totals.map(totals => [totals, new TotalsChanges(totals)]));
    this.lines = new Map(plan.logs.map(log => [log, []]));
  }

  /** Which rows these events concern, and which of them have to be loaded. */
  agenda(events: readonly ProjectedEvent[]): Agenda {
    const steps: Step[] = [];
    const missing = new Map<RowsPlan, Set<string>>();
    for (const event of events)
      for (const plan of this.plan.of(event.type).rows) {
        const key = this.keyOf(plan, event);
        if (key === undefined) continue;
        const state = this.caches.get(plan)!.get(key);
        steps.push({ event, plan, key, state });
        if (state) continue;
        const keys = missing.get(plan);
        if (keys) keys.add(key);
        else missing.set(plan, new Set([key]));
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

  /** Takes in the rows that were missing, as stored; those not given don't exist. */
  adopt(plan: RowsPlan, keys: Iterable<string>, stored?: ReadonlyMap<string, Row>): void {
    const cache = this.caches.get(plan)!;
    for (const key of keys) {
      const row = stored?.get(key);
      cache.add({ key, stored: row, row, parts: undefined });
    }
  }

  /** Folds the events; every row that they concern has been adopted. */
  run({ events, steps }: Agenda): void {
    for (const step of steps) this.step(step);
    if (this.lines.size === 0) return;
    for (const event of events) for (const log of this.plan.of(event.type).logs) this.append(log, event);
  }

  /** What was folded has been stored. */
  keep(): void {
    for (const states of this.touched.values()) {
      for (const state of states) state.stored = state.row;
      states.clear();
    }
  }

  /** What was folded was not stored: the rows are as before, and nothing is left to write. */
  undo(): void {
    for (const states of this.touched.values()) {
      for (const state of states) {
        state.row = state.stored;
        state.parts = undefined;
      }
      states.clear();
    }
    for (const changes of this.totals.values()) changes.drain();
    for (const lines of this.lines.values()) lines.length = 0;
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

  private step(step: Step): void {
    const { event, plan, key } = step;
    const state = step.state ?? this.caches.get(plan)!.get(key)!;
    const subject = { table: plan.table.name, key };
    if (this.failures.waits(event, subject)) return;
    try {
      const folded = plan.on[event.type]!(state.row, event);
      if (folded === state.row) return;
      const row = folded && plan.complete(key, folded);
      const before = state.parts ?? partsOf(plan, state.row);
      const parts = partsOf(plan, row);
      for (let index = 0; index < plan.totals.length; index++)
        this.totals.get(plan.totals[index]!)!.move(event.knownOn, state.row, before[index]!, row, parts[index]!);
      state.row = row;
      state.parts = parts;
      this.touched.get(plan)!.add(state);
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

const partsOf = ({ totals }: RowsPlan, row: Row | undefined): (readonly Part[])[] =>
  totals.map(totals => (row ? totals.partsOf(row) : noParts));
