import type pg from 'pg';
import type { Position } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import { refuse } from '#event-sourcing/refusal.js';
import { catchUp } from './catch-up.js';
import type { Database } from './database.js';
import { comparablesOf, compared, type TableDifference } from './differing-lines.js';
import { Follower } from './follower.js';
import type { Log } from './log.js';
import { schemaOf } from './naming.js';
import { planOf } from './plan.js';
import { claim, findGeneration, type Generation } from './registry.js';

export interface Differences {
  readonly live: Pick<Generation, 'version' | 'position'>;
  readonly candidate: Pick<Generation, 'version' | 'position' | 'slot'>;
  readonly tables: readonly TableDifference[];
}

export interface DifferencesRequest {
  readonly store: EventStore;
  readonly database: Database;
  readonly projection: Projection;
  readonly log: Log;
  /** Examples per table at most. */
  readonly examples: number;
}

/** How often the candidate runs after a live version that moves on; then it is compared where it is. */
const ATTEMPTS = 10;

/**
 * Compares the live tables with those that a rebuild left beside them (`next`, brought to the live position first), or else with the
 * ones that were live before (`previous`, as they were left).
 * @throws Refusal NOT_FOUND when there are no others, CONFLICT while they are being built.
 */
export async function differencesOf(request: DifferencesRequest): Promise<Differences> {
  const { database, projection } = request;
  const { name } = projection;
  await refuseWhileBuilding(database, name);
  const found = await findGeneration(database.pool, name, 'next');
  const next = found?.ready ? found : undefined;
  const candidate = next ?? (await findGeneration(database.pool, name, 'previous'));
  if (!candidate) throw refuse('NOT_FOUND', `There are no other tables of ${name} to compare with; rebuild it first.`);
  const client = await database.pool.connect();
  try {
    for (let attempt = 1; ; attempt++) {
      if (next) await bringUp(request, next);
      await client.query('begin isolation level repeatable read read only; set local statement_timeout = 0');
      const live = (await findGeneration(client, name, 'live'))!;
      const beside = (await findGeneration(client, name, candidate.slot))!;
      // Behind the candidate, the live one stands still: its program is gone, or nobody projects.
      if (!next || live.position <= beside.position || attempt === ATTEMPTS) {
        const tables = await tablesThatDiffer(client, request, beside.slot as 'next' | 'previous');
        return { live, candidate: beside, tables };
      }
      await client.query('rollback');
    }
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      broken => client.release(broken),
    );
  }
}

async function refuseWhileBuilding({ pool }: Database, name: string): Promise<void> {
  const sql = 'select from projections.leases where name = $1 and expires_at > clock_timestamp()';
  // Comparing would take the tables over from whoever builds them.
  const { rowCount } = await pool.query(sql, [`${name}:build`]);
  if (rowCount) throw refuse('CONFLICT', `${name} is being rebuilt; compare when that is done.`);
}

async function bringUp({ store, database, projection, log }: DifferencesRequest, next: Generation): Promise<void> {
  if (next.version !== projection.version) return;
  const live = (await findGeneration(database.pool, next.name, 'live'))!;
  const claimed = await claim(database.pool, next.name, 'next');
  if (!claimed) return;
  const follower = await Follower.open(database, planOf(projection), claimed, log, true);
  await catchUp(store, follower, { until: live.position as Position }).finally(() => follower.rest());
}

async function tablesThatDiffer(
  client: pg.PoolClient,
  { projection, examples }: DifferencesRequest,
  slot: 'next' | 'previous',
): Promise<TableDifference[]> {
  const [live, beside] = [schemaOf(projection.name), schemaOf(projection.name, slot)];
  const found: TableDifference[] = [];
  for (const comparable of comparablesOf(planOf(projection))) {
    await client.query('savepoint before_table');
    try {
      const difference = await compared(client, comparable, [live, beside], examples);
      if (difference) found.push(difference);
    } catch (error) {
      // Undefined table, undefined column: one of the versions does not have it.
      if (!['42P01', '42703'].includes((error as { code?: string }).code ?? '')) throw error;
      await client.query('rollback to savepoint before_table');
      found.push({ table: comparable.table, figures: [], examples: [] });
    }
  }
  return found;
}
