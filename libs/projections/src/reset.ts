import { refuse } from '#event-sourcing/refusal.js';
import type { Database } from './database.js';
import { schemaOf } from './naming.js';
import { ensureRegistry } from './registry-tables.js';
import { inTransaction } from './transaction.js';

/**
 * Drops all read models with their checkpoints, and those of the reactors, as if there had never been any; skipped events are
 * forgotten too. Answers which projections there were.
 * @throws Refusal CONFLICT while a process works on them.
 */
export async function dropReadModels(database: Database): Promise<string[]> {
  await ensureRegistry(database);
  return inTransaction(database, async client => {
    const owners = await client.query<{ owner: string }>(
      'select distinct owner from projections.leases where expires_at > clock_timestamp()',
    );
    if (owners.rowCount)
      throw refuse('CONFLICT', `${owners.rows[0]!.owner} works on them; stop all processes, and wait ten seconds.`);
    const { rows } = await client.query<{ name: string }>(
      `select distinct name from projections.generations where slot <> 'reactor' order by name`,
    );
    const schemas = rows.flatMap(({ name }) => [schemaOf(name), schemaOf(name, 'next'), schemaOf(name, 'previous')]);
    for (const schema of [...schemas, 'projections']) await client.query(`drop schema if exists ${schema} cascade`);
    return rows.map(({ name }) => name);
  });
}
