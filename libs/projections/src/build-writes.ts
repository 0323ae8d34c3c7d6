import type pg from 'pg';
import { moveCheckpoint, type Step } from './checkpoints.js';
import { copyInto } from './copy.js';
import type { Database } from './database.js';
import { type LeavingRows, storeLeaving } from './leaving-rows.js';
import { schemaOf } from './naming.js';
import type { LogPlan, RowsPlan, TotalsPlan } from './plan.js';
import type { Generation } from './registry.js';
import type { RowState } from './row-cache.js';
import type { RowsFold } from './rows-fold.js';
import { primaryKeyOf } from './table-shape.js';
import type { Change } from './totals-changes.js';
import { inTransaction } from './transaction.js';
import type { Turns } from './turns.js';
import type { Row } from './values.js';

/** What is on its way into the database while folding goes on. */
export interface Batch {
  readonly rows: ReadonlyMap<RowsFold, LeavingRows>;
  /** Tables of these rows that are looked up and overwritten from now on. */
  readonly spilled: readonly RowsPlan[];
  readonly changes: ReadonlyMap<TotalsPlan, readonly Change[]>;
  readonly lines: ReadonlyMap<LogPlan, readonly Row[]>;
}

/** Writes what a build has folded, batch after batch, and moves its checkpoint with them. */
export class BuildWrites {
  /** Tables that have their key already, because rows of them are looked up. */
  readonly keyed = new Set<RowsPlan>();
  private readonly schema: string;
  private writing: Promise<void> = Promise.resolve();
  private batch: Batch | undefined;

  constructor(
    private readonly options: { readonly database: Database; readonly writes: Turns },
    private generation: Generation,
  ) {
    this.schema = schemaOf(generation.name, 'next');
  }

  /** The rows of a table that are being written, by key: they are neither in the cache nor certainly in the database. */
  onTheirWay(table: RowsFold): ReadonlyMap<string, RowState> | undefined {
    return this.batch?.rows.get(table)?.states;
  }

  /**
   * One batch is on its way at a time: folding overlaps with it, and memory stays bounded. A failure shows when the next one waits for
   * it, or at `ended`.
   */
  async write(batch: Batch, step: Omit<Step, 'from'>): Promise<void> {
    await this.writing;
    this.batch = batch;
    this.writing = this.options.writes
      .take(() => this.store(batch, step))
      .then(() => {
        this.batch = undefined;
      });
    // Until somebody waits for it, it must not count as unhandled.
    this.writing.catch(() => undefined);
  }

  /** Resolves when nothing is under way. @throws what kept a batch from being written. */
  ended(): Promise<void> {
    return this.writing;
  }

  private async store({ rows, spilled, changes, lines }: Batch, step: Omit<Step, 'from'>): Promise<void> {
    const { schema, generation } = this;
    await inTransaction({ pool: this.options.database.copying }, async client => {
      await moveCheckpoint(client, { ...step, from: generation });
      for (const plan of spilled) await this.makeKey(client, plan);
      for (const [{ plan }, leaving] of rows) await storeLeaving(client, schema, plan.shape, leaving);
      for (const [{ changes: shape }, appended] of changes) await copyInto(client, schema, shape, appended);
      for (const [{ shape }, appended] of lines) await copyInto(client, schema, shape, appended);
    });
    this.generation = { ...generation, position: step.to };
  }

  private async makeKey(client: pg.PoolClient, plan: RowsPlan): Promise<void> {
    if (this.keyed.has(plan)) return;
    await client.query(primaryKeyOf(this.schema, plan.table));
    this.keyed.add(plan);
  }
}
