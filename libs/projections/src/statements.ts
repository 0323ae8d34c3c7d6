import { quoted } from './naming.js';
import type { TotalsPlan } from './plan.js';
import { sqlTypeOf, type TableShape, totalsKey } from './table-shape.js';
import { dimensionsOf } from './totals-shape.js';

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
export const insertInto = (schema: string, table: TableShape): string =>
  `insert into ${schema}.${table.sql} (${columnsOf(table)}) ${rowsOfParameter(table)}`;

/** Writes the rows of `$1` over those with the same key. The key is a table's first column. */
export function upsertInto(schema: string, table: TableShape): string {
  const [key, ...others] = table.columns.map(([name]) => quoted(name));
  const taken = others.map(name => `${name} = excluded.${name}`).join(', ');
  return `${insertInto(schema, table)} on conflict (${key}) do ${taken ? `update set ${taken}` : 'nothing'}`;
}

/** Deletes the rows whose keys are in `$1`. */
export const deleteFrom = (schema: string, table: TableShape): string =>
  `delete from ${schema}.${table.sql} where ${quoted(table.columns[0]![0])} = any($1::text[])`;

/** The rows whose keys are in `$1`, named as in memory. */
export function selectFrom(schema: string, table: TableShape): string {
  const named = table.columns.map(([name]) => `${quoted(name)} as "${name}"`);
  return `select ${named.join(', ')} from ${schema}.${table.sql} where ${quoted(table.columns[0]![0])} = any($1::text[])`;
}

const sumsOf = ({ sums }: TotalsPlan): string => sums.map(name => `sum(${quoted(name)})::bigint`).join(', ');
const anySum = ({ sums }: TotalsPlan, sum: (name: string) => string): string =>
  sums.map(name => `${sum(quoted(name))} <> 0`).join(' or ') || 'true';

/** The sums of lines (changes, or totals by day) by dimensions, for each grain as `insert into totals` takes them. */
function summed(plan: TotalsPlan, lines: string, grain?: 'd' | 'm'): string {
  const dayOf = (day: string) => (grain === 'm' ? `date_trunc('month', ${day})::date` : day);
  const dimensions = dimensionsOf(plan.table).map(([name]) =>
    name === plan.date ? dayOf(quoted(name)) : quoted(name),
  );
  const selected = [...(grain ? [`'${grain}'::"char"`] : []), ...dimensions, sumsOf(plan)].join(', ');
  const grouped = dimensions.length ? `group by ${dimensions.join(', ')}` : '';
  return `select ${selected} from ${lines} ${grouped} having ${anySum(plan, name => `sum(${name})`)}`;
}

const totalsColumns = ({ date, shape }: TotalsPlan): string => `${date ? 'grain, ' : ''}${columnsOf(shape)}`;

/**
 * Appends the changes of `$1` to their log and adds them to the totals. Answers, as `zero`, the places of totals that came to
 * nothing, for `deleteZeros`: a recount would not have them.
 */
export function addChanges(schema: string, plan: TotalsPlan): string {
  const totals = `${schema}.${plan.shape.sql}`;
  const added = plan.sums.map(name => `${quoted(name)} = total.${quoted(name)} + excluded.${quoted(name)}`);
  const columns = columnsOf(plan.changes);
  return `with change as materialized (${rowsOfParameter(plan.changes)}),
    logged as (insert into ${schema}.${plan.changes.sql} (${columns}) select ${columns} from change),
    total as (
      insert into ${totals} as total (${totalsColumns(plan)}) ${(plan.date ? (['d', 'm'] as const) : [undefined]).map(grain => summed(plan, 'change', grain)).join(' union all ')}
      on conflict (${totalsKey(plan.table)}) do update set ${added.join(', ')}
      returning total.ctid as zero, not (${anySum(plan, name => `total.${name}`)}) as nothing)
    select zero from total where nothing`;
}

/** Deletes the totals at the places `$1` that `addChanges` answered in the same transaction, whose locks keep them there. */
export const deleteZeros = (schema: string, { shape }: TotalsPlan): string =>
  `delete from ${schema}.${shape.sql} where ctid = any($1::tid[])`;

/**
 * Fills empty totals from the log of their changes; the months from the days, which are fewer. In the order of the date: a range of
 * it then lies together on the disk, and the index is made in half the time.
 */
export function totalUp(schema: string, plan: TotalsPlan): string {
  const totals = `${schema}.${plan.shape.sql}`;
  const insert = `insert into ${totals} (${totalsColumns(plan)})`;
  const changes = `${schema}.${plan.changes.sql}`;
  if (!plan.date) return `${insert} ${summed(plan, changes)}`;
  const place = 2 + dimensionsOf(plan.table).findIndex(([name]) => name === plan.date);
  return `${insert} ${summed(plan, changes, 'd')} order by ${place};
    ${insert} ${summed(plan, `(select * from ${totals} where grain = 'd') as day`, 'm')} order by ${place}`;
}
