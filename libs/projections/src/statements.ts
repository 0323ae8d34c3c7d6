import { madeOnce } from './made-once.js';
import { quoted } from './naming.js';
import { firstOfSql, type Grain } from './periods.js';
import type { SummaryPlan, TotalsPlan } from './plan.js';
import { postedTable, sqlTypeOf, type TableShape } from './table-shape.js';

/** The columns of a table in the order of its definition, for lists in SQL. */
const columnsOf = ({ columns }: TableShape): string => columns.map(([name]) => quoted(name)).join(', ');

/**
 * `$1`, a JSON array of rows as they stand in memory, as a relation: `(select … ) `. One parameter for any number of rows, and
 * writing JSON is what the runtime does fastest.
 */
function rowsOfParameter({ columns }: TableShape): string {
  // By the names in memory, so that rows need not be renamed before they are sent.
  const fields = columns.map(column => `"${column[0]}" ${sqlTypeOf(column)}`);
  const renamed = columns.map(([name]) => `"${name}" as ${quoted(name)}`);
  return `select ${renamed.join(', ')} from json_to_recordset($1::json) as line(${fields.join(', ')})`;
}

/** Appends the rows of `$1`. */
export const insertInto = madeOnce(
  (schema, table: TableShape) => `insert into ${schema}.${table.sql} (${columnsOf(table)}) ${rowsOfParameter(table)}`,
);

/** Writes the rows of `$1` over those with the same key. The key is a table's first column. */
export const upsertInto = madeOnce((schema, table: TableShape) => {
  const [key, ...others] = table.columns.map(([name]) => quoted(name));
  const taken = others.map(name => `${name} = excluded.${name}`).join(', ');
  return `${insertInto(schema, table)} on conflict (${key}) do ${taken ? `update set ${taken}` : 'nothing'}`;
});

/** Deletes the rows whose keys are in `$1`. */
export const deleteFrom = madeOnce(
  (schema, table: TableShape) =>
    `delete from ${schema}.${table.sql} where ${quoted(table.columns[0]![0])} = any($1::text[])`,
);

/** The rows whose keys are in `$1`, named as in memory. */
export const selectFrom = madeOnce((schema, table: TableShape) => {
  const named = table.columns.map(([name]) => `${quoted(name)} as "${name}"`);
  return `select ${named.join(', ')} from ${schema}.${table.sql} where ${quoted(table.columns[0]![0])} = any($1::text[])`;
});

const anySum = ({ sums }: TotalsPlan, sum: (name: string) => string): string =>
  sums.map(name => `${sum(quoted(name))} <> 0`).join(' or ') || 'true';

const insertSums = (schema: string, { date }: TotalsPlan, { shape }: SummaryPlan): string =>
  `insert into ${schema}.${shape.sql} as total (${date ? 'grain, ' : ''}${columnsOf(shape)})`;

/** The lines of a table of sums of one grain, added up from lines that have at least its dimensions. */
function added(plan: TotalsPlan, summary: SummaryPlan, from: string, { grain, knownIn = '' }: Addition): string {
  const periodOf = (name: string) => (name === plan.date ? firstOfSql(grain, quoted(name)) : quoted(name));
  const keys = [
    ...(plan.date ? [`'${grain}'::"char"`] : []),
    ...(summary.byKnowledge ? [knownIn] : []),
    ...summary.dimensions.map(([name]) => periodOf(name)),
  ];
  return grouped(plan, keys, from);
}

/** Lines added up by some of their columns, without those that come to nothing. */
function grouped(plan: TotalsPlan, keys: readonly string[], from: string): string {
  const sums = plan.sums.map(name => `sum(${quoted(name)})::bigint as ${quoted(name)}`);
  const by = keys.length ? `group by ${keys.map((_, index) => index + 1).join(', ')}` : '';
  return `select ${[...keys, ...sums].join(', ')} from ${from} ${by} having ${anySum(plan, name => `sum(${name})`)}`;
}

interface Addition {
  readonly grain: Grain;
  /** What the month of knowledge is made of, where it is a key. */
  readonly knownIn?: string;
}

const FROM_CHANGES = { knownIn: firstOfSql('m', 'known_on') };

/** Appends the changes of `$1` to their log, as a page behind all others. One at a time: the checkpoint's row is locked by then. */
export const appendChanges = madeOnce((schema, { changes }: TotalsPlan) => {
  const table = `${schema}.${changes.sql}`;
  return `insert into ${table} (${columnsOf(changes)}, page)
    select line.*, (select coalesce(max(page), 0) + 1 from ${table}) from (${rowsOfParameter(changes)}) as line`;
});

/** Locks what was posted until the end of the transaction; answers `from` where and `to` where changes wait. */
export const lockPosted = madeOnce(
  (schema, { table, changes }: TotalsPlan) =>
    `select page as "from", (select coalesce(max(page), 0) from ${schema}.${changes.sql}) as "to"
     from ${schema}.${postedTable(table)} as posted for update of posted`,
);

/** Notes that everything up to page `$1` was posted. */
export const notePosted = madeOnce(
  (schema, { table }: TotalsPlan) => `update ${schema}.${postedTable(table)} set page = $1`,
);

/**
 * Adds the changes of the pages behind `$1`, up to `$2`, to the totals and their roll-ups. Answers, as `zero`, the places of sums
 * that came to nothing, for `deleteZeros`, with the `place` of their table: a recount would not have them.
 */
export const postChanges = madeOnce((schema, plan: TotalsPlan) => {
  const plus = plan.sums.map(name => `${quoted(name)} = total.${quoted(name)} + excluded.${quoted(name)}`);
  const totals = plan.summaries.map((summary, place) => {
    const lines = summary.grains.map(grain => added(plan, summary, 'change', { grain, ...FROM_CHANGES }));
    return `total_${place} as (
      ${insertSums(schema, plan, summary)} ${lines.join(' union all ')}
      on conflict (${summary.key}) do update set ${plus.join(', ')}
      returning total.ctid as zero, not (${anySum(plan, name => `total.${name}`)}) as nothing)`;
  });
  const zeros = totals.map((_, place) => `select ${place} as place, zero from total_${place} where nothing`);
  return `with change as materialized (
      select ${columnsOf(plan.changes)} from ${schema}.${plan.changes.sql} where page > $1 and page <= $2),
    ${totals.join(', ')}
    ${zeros.join(' union all ')}`;
});

/** The changes that were not posted yet. */
const waitingChanges = (schema: string, { changes, table }: TotalsPlan): string =>
  `select ${columnsOf(changes)} from ${schema}.${changes.sql} where page > (select page from ${schema}.${postedTable(table)})`;

/** Whether there are any. Not by `exists`: Postgres would expect one of three to be one, and look for it from the beginning. */
export const changesWait = (schema: string, { changes, table }: TotalsPlan): string =>
  `coalesce((select max(page) from ${schema}.${changes.sql}) > (select page from ${schema}.${postedTable(table)}), false)`;

/** All lines of a table of sums with the changes added that wait, without those that come to nothing. */
export function allSums(schema: string, plan: TotalsPlan, summary: SummaryPlan): string {
  const dimensions = summary.shape.columns.slice(0, summary.shape.columns.length - plan.sums.length);
  const keys = dimensions.map(([name]) => quoted(name));
  if (plan.date) keys.unshift('grain');
  const columns = [...keys, ...plan.sums.map(quoted)].join(', ');
  const waiting = `(${waitingChanges(schema, plan)}) as change`;
  const lines = [
    `select ${columns} from ${schema}.${summary.shape.sql}`,
    ...summary.grains.map(grain => added(plan, summary, waiting, { grain, ...FROM_CHANGES })),
  ];
  return grouped(plan, keys, `(${lines.join(' union all ')}) as line (${columns})`);
}

/** Deletes the sums at the places `$1` that `postChanges` answered in the same transaction, whose locks keep them there. */
export const deleteZeros = madeOnce(
  (schema, { shape }: SummaryPlan) => `delete from ${schema}.${shape.sql} where ctid = any($1::tid[])`,
);

/** In the order of the index: a range of it then lies together on the disk, and the index is made in half the time. */
const fill = (schema: string, plan: TotalsPlan, summary: SummaryPlan, sums: string): string =>
  `${insertSums(schema, plan, summary)} select * from (${sums}) as line (${plan.date ? 'grain, ' : ''}${columnsOf(summary.shape)})
   order by ${summary.key}`;

/** Fill empty totals, and the changes of their roll-ups, by day from the log of changes; apart, so that they can run side by side. */
export const totalUp = (schema: string, plan: TotalsPlan): string[] => {
  const [totals, ...rollups] = plan.summaries;
  const changes = `${schema}.${plan.changes.sql}`;
  return [totals, ...rollups.filter(({ byKnowledge }) => byKnowledge)].map(summary =>
    fill(schema, plan, summary, added(plan, summary, changes, { grain: 'd', ...FROM_CHANGES })),
  );
};

/** Fill all the rest from what `totalUp` has filled, which is a fraction of the changes. */
export const rollUp = (schema: string, plan: TotalsPlan): string[] =>
  plan.summaries.flatMap((summary, place) => {
    const isFilled = place === 0 || summary.byKnowledge;
    // The changes of a roll-up stand behind it, and add up to it.
    const source = isFilled ? summary : plan.summaries[place + 1]!;
    const from = `${schema}.${source.shape.sql}${plan.date ? ` where grain = 'd'` : ''}`;
    const missing = isFilled ? summary.grains.slice(1) : summary.grains;
    return missing.map(grain =>
      fill(schema, plan, summary, added(plan, summary, from, { grain, knownIn: 'known_in' })),
    );
  });
