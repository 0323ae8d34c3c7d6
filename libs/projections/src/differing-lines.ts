import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { quoted } from './naming.js';
import type { Plan } from './plan.js';
import { allSums } from './statements.js';
import type { TableShape } from './table-shape.js';

/** A table of which one version says something else than the other. */
export interface TableDifference {
  readonly table: string;
  /** Lines that only one of them has, and those in which they differ; `undefined`: the two are defined otherwise. */
  readonly lines?: { readonly onlyLive: number; readonly onlyCandidate: number; readonly changed: number };
  /** Of totals: each figure summed up over all lines. */
  readonly figures: readonly { readonly name: string; readonly live: number; readonly candidate: number }[];
  /** Of a line that both have, the columns in which they differ; of any other what stands there, or `null`. */
  readonly examples: readonly { readonly key: unknown; readonly live: unknown; readonly candidate: unknown }[];
}

/** What identifies a line of a table, and what it says. */
export interface Comparable {
  readonly table: string;
  /** A query of its lines in a schema. */
  readonly lines: (schema: string) => string;
  readonly key: readonly string[];
  readonly sums: readonly string[];
}

/** What of a projection can be compared line by line; the changes only repeat how the totals came about. */
export function comparablesOf({ rows, logs, totals }: Plan): Comparable[] {
  return [
    ...rows.map(({ table, shape }) => ({ table: shape.name, lines: linesOf(shape), key: [table.key], sums: [] })),
    ...logs.map(({ shape }) => {
      const key = shape.columns.map(([name]) => name);
      return { table: shape.name, lines: linesOf(shape), key, sums: [] };
    }),
    ...totals.map(plan => {
      const [whole] = plan.summaries;
      // The months and roll-ups only repeat what the days say.
      const days = plan.date ? `where grain = 'd'` : '';
      const lines = (schema: string) => `select * from (${allSums(schema, plan, whole)}) as line ${days}`;
      return { table: whole.name, lines, key: [...plan.by, ...plan.each], sums: plan.sums };
    }),
  ];
}

const linesOf =
  ({ sql }: TableShape) =>
  (schema: string) =>
    `select * from ${schema}.${sql}`;

/** What a line says, besides its key. */
type Says = Readonly<Record<string, unknown>>;

interface Line {
  readonly key: unknown;
  readonly live: readonly Says[] | null;
  readonly candidate: readonly Says[] | null;
  readonly onlyLive: number;
  readonly onlyCandidate: number;
  readonly all: number;
}

/** How a table differs between two schemas, with examples; nothing where it does not. */
export async function compared(
  client: pg.PoolClient,
  { table, lines, key, sums }: Comparable,
  [live, candidate]: readonly [string, string],
  examples: number,
): Promise<TableDifference | undefined> {
  const keyOf = `jsonb_build_object(${key.map(name => `'${name}', ${quoted(name)}`).join(', ')})`;
  const besidesKey = ['grain', ...key].map(name => ` - '${quoted(name).slice(1, -1)}'`).join('');
  // Lines without a key of their own may occur several times.
  const byKey = (
    schema: string,
  ) => `select ${keyOf} as key, jsonb_agg(to_jsonb(t)${besidesKey} order by to_jsonb(t)) as says
    from (${lines(schema)}) as t group by 1`;
  const { rows } = await client.query<Line>(
    `select key, l.says as live, c.says as candidate, count(*) over () as "all",
       count(*) filter (where c.says is null) over () as "onlyLive", count(*) filter (where l.says is null) over () as "onlyCandidate"
     from (${byKey(live)}) l full join (${byKey(candidate)}) c using (key)
     where l.says is distinct from c.says order by key limit ${Math.max(examples, 1)}`,
  );
  const [first] = rows;
  if (!first) return undefined;
  const { onlyLive, onlyCandidate, all } = first;
  const summed = await Promise.all([live, candidate].map(schema => sumsOf(client, lines(schema), sums)));
  return {
    table,
    lines: { onlyLive, onlyCandidate, changed: all - onlyLive - onlyCandidate },
    figures: sums.map(name => ({ name, live: summed[0]![name] ?? 0, candidate: summed[1]![name] ?? 0 })),
    examples: rows.slice(0, examples).map(exampleOf),
  };
}

function exampleOf({ key, live, candidate }: Line): TableDifference['examples'][number] {
  if (live?.length !== 1 || candidate?.length !== 1) return { key, live: one(live), candidate: one(candidate) };
  const [was, is] = [live[0]!, candidate[0]!];
  const differing = Object.keys({ ...was, ...is }).filter(column => !isDeepStrictEqual(was[column], is[column]));
  const only = (line: Says) => Object.fromEntries(differing.map(column => [column, line[column] ?? null]));
  return { key, live: only(was), candidate: only(is) };
}

/** A line that occurs once is shown as it is. */
const one = (lines: readonly Says[] | null) => (lines?.length === 1 ? lines[0] : lines);

async function sumsOf(client: pg.PoolClient, lines: string, sums: readonly string[]) {
  if (sums.length === 0) return {};
  const columns = sums.map(name => `sum(${quoted(name)}) as "${name}"`).join(', ');
  const { rows } = await client.query<Record<string, number | null>>(`select ${columns} from (${lines}) as t`);
  return rows[0]!;
}
