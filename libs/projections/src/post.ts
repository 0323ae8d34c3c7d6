import type pg from 'pg';
import { Fenced } from './checkpoints.js';
import type { Database } from './database.js';
import { schemaOf } from './naming.js';
import { allOf } from './pipeline.js';
import type { Plan, TotalsPlan } from './plan.js';
import { prepared } from './prepared.js';
import type { Generation } from './registry.js';
import { deleteZeros, lockPosted, notePosted, postChanges } from './statements.js';
import { inTransaction } from './transaction.js';
import { Turns } from './turns.js';

/** One at a time, whatever the projection: the other processors of the database are for the pages, which are waited for. */
const turns = new Turns();

/** Posts the changes of all totals that were not posted yet, each in a transaction. @throws Fenced when somebody else has taken over. */
export async function post(database: Database, generation: Generation, { totals }: Plan): Promise<void> {
  const schema = schemaOf(generation.name, generation.slot === 'next' ? 'next' : undefined);
  for (const plan of totals)
    await turns.take(() =>
      inTransaction(database, async client => {
        await holdStill(client, generation);
        await postTotals(client, schema, plan);
      }),
    );
}

/** Keeps the tables under their names until the end of the transaction. Pages go on being written: they do not change the key. */
async function holdStill(client: pg.PoolClient, { id, epoch, name }: Generation): Promise<void> {
  const text = 'select from projections.generations where id = $1 and epoch = $2 for key share';
  const { rowCount } = await client.query(prepared(text, [id, epoch]));
  if (rowCount !== 1) throw new Fenced(name);
}

/** Where a sum that came to nothing stands: the place of its table in the plan, and its place there. */
interface Zero {
  readonly place: number;
  readonly zero: string;
}

/** Adds changes to totals and takes out the sums that came to nothing, which the database tells. */
async function postTotals(client: pg.PoolClient, schema: string, plan: TotalsPlan): Promise<void> {
  const { rows: pages } = await client.query<{ from: number; to: number }>(prepared(lockPosted(schema, plan), []));
  const { from, to } = pages[0]!;
  if (to <= from) return;
  const { rows } = await client.query<Zero>(prepared(postChanges(schema, plan), [from, to]));
  const deleted = plan.summaries.flatMap((summary, place) => {
    const zeros = rows.filter(row => row.place === place).map(({ zero }) => zero);
    return zeros.length ? [client.query(prepared(deleteZeros(schema, summary), [zeros]))] : [];
  });
  await allOf([...deleted, client.query(prepared(notePosted(schema, plan), [to]))]);
}
