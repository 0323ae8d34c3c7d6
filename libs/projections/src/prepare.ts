import type { Projection } from '#event-sourcing/projection.js';
import type { Database } from './database.js';
import { schemaOf } from './naming.js';
import { planOf } from './plan.js';
import { createGeneration } from './registry.js';
import { ensureRegistry } from './registry-tables.js';
import { furtherIndexes, letChangesWait, primaryKeyOf, tablesOf, totalsIndexes } from './table-shape.js';
import { inTransaction } from './transaction.js';

export interface PrepareOptions {
  readonly database: Database;
  readonly projections: readonly Projection[];
  /** The business time zone, which decides the days of all totals. */
  readonly timeZone: string;
}

/**
 * Creates what is missing, so that queries can be answered from the start: the registry, and for projections that were never
 * there a schema with empty tables. Changed projections are left alone; `runProjections` builds their new version beside.
 */
export async function prepare({ database, projections, timeZone }: PrepareOptions): Promise<void> {
  const names = projections.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`Two projections are called ${twice}.`);
  if (names.includes('projections')) throw new Error('"projections" is the schema of the registry.');
  await ensureRegistry(database);
  for (const projection of projections) await createLive(database, projection, timeZone);
  for (const projection of projections) await bringUpToDate(database, projection);
}

/** Tables of an earlier release get what this one's engine needs. */
async function bringUpToDate(database: Database, projection: Projection): Promise<void> {
  const schemas = ([undefined, 'next', 'previous'] as const).map(beside => schemaOf(projection.name, beside));
  await inTransaction(database, async client => {
    // One at a time: two processes that start together would both alter.
    await client.query('select from projections.generations where name = $1 for update', [projection.name]);
    for (const schema of schemas) await client.query(letChangesWait(schema, projection));
  });
}

async function createLive({ pool }: Database, projection: Projection, timeZone: string): Promise<void> {
  const { types = null } = planOf(projection);
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { name, version } = projection;
    // Whoever enters it into the registry creates the tables; another process waits here and then finds both.
    const created = await createGeneration(client, { name, slot: 'live', version, timeZone, types });
    if (created) {
      const schema = schemaOf(name);
      await client.query([`create schema ${schema}`, ...tablesOf(schema, projection)].join(';'));
      const { rows, totals } = projection.tables;
      const keys = [
        ...rows.map(table => primaryKeyOf(schema, table)),
        ...totals.flatMap(table => totalsIndexes(schema, table)),
      ];
      const statements = [...keys, ...furtherIndexes(schema, projection)];
      if (statements.length) await client.query(statements.join(';'));
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
