import type { Column, LogTable, Projection, RowsTable, TotalsTable } from '#event-sourcing/projection.js';
import { quoted } from './naming.js';
import { dateOf, dimensionsOf, type NamedColumn, type Summary, summariesOf } from './totals-shape.js';

/** One table as the database has it. The engine writes and compares tables by this, whatever they were defined as. */
export interface TableShape {
  /** Its name in the definition. */
  readonly name: string;
  /** Its quoted name, without the schema. */
  readonly sql: string;
  readonly columns: readonly NamedColumn[];
}

const sqlTypes = {
  text: 'text',
  integer: 'bigint',
  date: 'date',
  instant: 'timestamptz',
  boolean: 'boolean',
  json: 'jsonb',
} as const satisfies Record<Column<unknown>['kind'], string>;

const keyColumn: Column<unknown> = { kind: 'text', optional: false };
const dayColumn: Column<unknown> = { kind: 'date', optional: false };
const knownIn: NamedColumn = ['knownIn', dayColumn];

export const sqlTypeOf = ([, column]: NamedColumn): string => sqlTypes[column.kind];

const shape = (name: string, columns: readonly NamedColumn[]): TableShape => ({ name, sql: quoted(name), columns });

export const rowsShape = ({ name, key, columns }: RowsTable): TableShape =>
  shape(name, [[key, keyColumn], ...Object.entries(columns)]);

export const logShape = ({ name, columns }: LogTable): TableShape => shape(name, Object.entries(columns));

/** Without the grain, which only the statements about totals know. */
export const totalsShape = (totals: TotalsTable): TableShape =>
  shape(totals.name, [...dimensionsOf(totals), ...Object.entries(totals.sums)]);

/** The same of a table of sums by some of the dimensions, the month of knowledge in front. */
export const summaryShape = (totals: TotalsTable, { name, dimensions, byKnowledge }: Summary): TableShape =>
  shape(name, [...(byKnowledge ? [knownIn] : []), ...dimensions, ...Object.entries(totals.sums)]);

export const changesShape = (totals: TotalsTable): TableShape =>
  shape(`${totals.name}Changes`, [['knownOn', dayColumn], ...totalsShape(totals).columns]);

const definitionOf = (column: NamedColumn): string =>
  `${quoted(column[0])} ${sqlTypeOf(column)}${column[1].optional ? '' : ' not null'}`;

const createTable = (schema: string, { sql, columns }: TableShape, more: readonly string[] = []): string =>
  `create table ${schema}.${sql} (${[...more, ...columns.map(definitionOf)].join(', ')})`;

/** The number of the page with which a change was written; live, the next one each time. What a build appends has none. */
const PAGE = 'page bigint';

const createChanges = (schema: string, totals: TotalsTable): string => {
  const { sql, columns } = changesShape(totals);
  return `create table ${schema}.${sql} (${[...columns.map(definitionOf), PAGE].join(', ')})`;
};

/** The table whose only row says up to which page changes were posted to the totals. */
export const postedTable = ({ name }: TotalsTable): string => quoted(`${name}Posted`);

const createPosted = (schema: string, totals: TotalsTable): string =>
  `create table ${schema}.${postedTable(totals)} as select 0::bigint as page`;

// One byte for the grain: it stands in every entry of the unique index.
const createSummary = (schema: string, totals: TotalsTable, summary: Summary): string =>
  `${createTable(schema, summaryShape(totals, summary), dateOf(totals) ? ['grain "char" not null'] : [])} with (fillfactor = 80)`;

/** Statements that create a projection's tables, without any index. */
export function tablesOf(schema: string, { tables }: Projection): string[] {
  return [
    ...tables.rows.map(table => createTable(schema, rowsShape(table))),
    ...tables.logs.map(table => createTable(schema, logShape(table))),
    ...tables.totals.flatMap(totals => [
      ...summariesOf(totals).map(summary => createSummary(schema, totals, summary)),
      createChanges(schema, totals),
      createPosted(schema, totals),
    ]),
  ];
}

/** The statement that makes a table's key unique. */
export const primaryKeyOf = (schema: string, table: RowsTable): string =>
  `alter table ${schema}.${quoted(table.name)} add primary key (${quoted(table.key)})`;

/** The unique columns of a table of sums, the date in front: ranges of it are what is asked for. */
export function summaryKey(totals: TotalsTable, { dimensions, byKnowledge }: Summary): string {
  const date = dateOf(totals);
  const names = dimensions.map(([name]) => name).filter(name => name !== date);
  const ordered = [...(date ? [date] : []), ...(byKnowledge ? [knownIn[0]] : []), ...names];
  // Without any dimension there is one row at most.
  return [...(date ? ['grain'] : []), ...ordered.map(quoted)].join(', ') || '(true)';
}

/** Statements that create the indexes of a table, but for the key of rows. */
function indexesOn(schema: string, table: RowsTable | LogTable): string[] {
  return table.indexes.map(columns => {
    // The key behind the declared columns makes their order total, so that keyset pages neither skip nor repeat a row.
    const total = 'key' in table && !columns.includes(table.key) ? [...columns, table.key] : columns;
    return `create index on ${schema}.${quoted(table.name)} (${total.map(quoted).join(', ')})`;
  });
}

/** Statements that make the lines of totals and their roll-ups unique. */
export const totalsIndexes = (schema: string, totals: TotalsTable): string[] =>
  summariesOf(totals).map(
    summary =>
      `create unique index on ${schema}.${quoted(summary.name)} (${summaryKey(totals, summary)}) nulls not distinct`,
  );

/** Those pages are found by it that were not posted yet. */
const pagesIndex = (schema: string, totals: TotalsTable): string =>
  `create index on ${schema}.${changesShape(totals).sql} (page) where page is not null`;

/**
 * Changes are appended in the order in which they became known, so a summary per range of blocks finds them; and by their date,
 * around which most of them became known, although some much later: hence several intervals per range.
 */
function changesIndex(schema: string, totals: TotalsTable): string {
  const date = dateOf(totals);
  const columns = ['known_on', ...(date ? [`${quoted(date)} date_minmax_multi_ops`] : [])];
  return `create index on ${schema}.${changesShape(totals).sql}
   using brin (${columns.join(', ')}) with (pages_per_range = 16, autosummarize = on)`;
}

/** Statements that create all indexes but the keys of rows and totals. */
export const furtherIndexes = (schema: string, { tables }: Projection): string[] => [
  ...[...tables.rows, ...tables.logs].flatMap(table => indexesOn(schema, table)),
  ...tables.totals.flatMap(totals => [changesIndex(schema, totals), pagesIndex(schema, totals)]),
];

/**
 * A statement that lets changes wait in tables that were made before they could, whatever version they are of. Asked first: altering
 * would wait for everybody who reads, even where there is nothing to alter.
 */
export function letChangesWait(schema: string, { tables }: Projection): string {
  const blocks = tables.totals.map(totals => {
    const changes = `${schema}.${changesShape(totals).sql}`;
    return `if to_regclass('${changes}') is not null and not exists
        (select from pg_attribute where attrelid = to_regclass('${changes}') and attname = 'page') then
      alter table ${changes} add column ${PAGE};
      ${createPosted(schema, totals)};
      ${pagesIndex(schema, totals)};
    end if;`;
  });
  return `do $$ begin ${blocks.join('\n')} end $$`;
}
