import type { Database } from './database.js';
import { quoted } from './naming.js';
import type { Plan, RowsPlan } from './plan.js';
import { rollUp, totalUp } from './statements.js';
import { furtherIndexes, primaryKeyOf, type TableShape, totalsIndexes } from './table-shape.js';
import { inTransaction } from './transaction.js';

/** Folding is over, so there are two processors for the database; more connections would only be missing elsewhere. */
const AT_A_TIME = 2;

/** Makes of built tables what live ones are: computes the totals, makes the keys that are missing and the indexes. */
export async function finishTables(
  database: Database,
  schema: string,
  { projection, rows, logs, totals }: Plan,
  keyed: ReadonlySet<RowsPlan>,
): Promise<void> {
  await sideBySide(database, [
    ...totals.flatMap(plan => totalUp(schema, plan)),
    ...rows.filter(plan => !keyed.has(plan)).map(({ table }) => primaryKeyOf(schema, table)),
  ]);
  await sideBySide(
    database,
    totals.flatMap(plan => rollUp(schema, plan)),
  );
  await sideBySide(database, [
    ...totals.flatMap(({ table }) => totalsIndexes(schema, table)),
    ...furtherIndexes(schema, projection),
  ]);
  await sideBySide(database, [
    ...[...rows, ...logs].map(({ shape }) => analyze(schema, shape)),
    ...totals.flatMap(({ changes, summaries, sums, date }) => [
      // Without its page Postgres would expect that many changes wait.
      analyze(schema, changes, { without: sums, also: ['page'] }),
      ...summaries.map(({ shape }) => analyze(schema, shape, { without: sums, also: date ? ['grain'] : [] })),
    ]),
  ]);
}

/** Nobody asks for rows by a sum or by what stands in a document, and to look at these takes as long as at all the rest. */
function analyze(
  schema: string,
  { sql, columns }: TableShape,
  { without = [], also = [] }: { without?: readonly string[]; also?: readonly string[] } = {},
): string {
  const asked = columns.filter(([name, { kind }]) => kind !== 'json' && !without.includes(name));
  const names = [...also, ...asked.map(([name]) => quoted(name))];
  return `analyze ${schema}.${sql}${names.length ? ` (${names.join(', ')})` : ''}`;
}

async function sideBySide(database: Database, statements: readonly string[]): Promise<void> {
  const left = [...statements];
  const worker = async () => {
    for (let statement = left.shift(); statement; statement = left.shift()) {
      const work = statement;
      await inTransaction(database, async client => {
        await client.query(`set local work_mem = '128MB'; set local maintenance_work_mem = '256MB'`);
        await client.query(work);
      });
    }
  };
  // All have ended when one has failed: nothing goes on behind the back of who drops the tables.
  const results = await Promise.allSettled(Array.from({ length: AT_A_TIME }, worker));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
