import { type AliasedSelectQueryBuilder, type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { Columns, TotalsTable } from '#event-sourcing/projection.js';
import type { Sight, Viewer } from '#platform/access/viewer.js';
import type { TotalsRow } from '#projections/tables.js';
import { type DimensionOf, type TotalsRange, totalsBetween } from '#projections/totals-query.js';
import { type Belonging, belongings, type Readable } from './belongings.js';
import { columnsOf, othersAmong, sourcesOf, visible } from './visible.js';

/** A totals table of which it is said who sees what. */
type ReadableTotals = TotalsTable & { readonly path: Readable };

/** Totals without a date whose only sum is the number of rows. */
export type RowCounts = TotalsTable<string, Columns, { readonly rows: Columns[string] }>;
type CountsTables = { readonly [path: string]: { readonly rows: number } };

/** Rows to count, in two parts without a row in common. */
interface Counted<Tables, Path extends keyof Tables> {
  readonly own: SelectQueryBuilder<Tables, Path, object>;
  readonly others?: SelectQueryBuilder<Tables, Path, object>;
}

/** Lines of totals, as `t`. */
type TotalsLines<Tables, Table> = SelectQueryBuilder<Tables & { t: TotalsRow<Table> }, 't', object>;

const belongingOf = (path: Readable): Belonging => belongings[path];

/**
 * The read models as one viewer sees them. The database is out of reach behind it: every query begins with the lines that this viewer
 * may see, and adds its own conditions, orders and sums to them.
 */
export class View<Tables> {
  constructor(
    private readonly db: Kysely<Tables>,
    readonly viewer: Viewer,
  ) {}

  /** The rows of a table. */
  rows<Path extends Readable & keyof Tables>(path: Path): SelectQueryBuilder<Tables, Path, object> {
    const condition = visible(this.sightOf(path), belongingOf(path), path);
    return condition ? this.all(path).where(condition) : this.all(path);
  }

  private all<Path extends Readable & keyof Tables>(path: Path): SelectQueryBuilder<Tables, Path, object> {
    return this.db.selectFrom(path as never) as unknown as SelectQueryBuilder<Tables, Path, object>;
  }

  /**
   * The rows of a table as queries to be read in order, one after another or merged: none is in two of them, and each begins where an
   * index does.
   * @param key The column that tells the rows apart.
   */
  rowsInOrder<Path extends Readable & keyof Tables>(
    path: Path,
    key: string,
  ): SelectQueryBuilder<Tables, Path, object>[] {
    const sources = sourcesOf(this.sightOf(path), belongingOf(path), path, key);
    if (!sources) return [this.rows(path)];
    const { own, others, each, narrow } = sources;
    return (narrow ? [own, others] : [each]).map(condition => this.all(path).where(condition));
  }

  /** The rows of a table, those that are seen for their customers' sake apart: to be counted. */
  rowsToCount<Path extends Readable & keyof Tables>(path: Path, key: string): Counted<Tables, Path> {
    const sources = sourcesOf(this.sightOf(path), belongingOf(path), path, key);
    if (!sources) return { own: this.rows(path) };
    const { own, others } = sources;
    return { own: this.all(path).where(own), others: this.all(path).where(others) };
  }

  /**
   * Numbers of rows that are kept by some of their columns: of the `own` ones among the rows to count. Undefined where these columns do
   * not tell which of the rows are visible.
   */
  counts(counts: RowCounts): SelectQueryBuilder<CountsTables, string, object> | undefined {
    const rows = counts.rows.path as Readable;
    const [sight, { customer, ...belonging }] = [this.sightOf(rows), belongingOf(rows)];
    const own = sourcesOf(sight, { ...belonging, customer }, rows, counts.rows.key)
      ? belonging
      : { ...belonging, customer };
    if (!columnsOf(sight, own).every(column => counts.by.includes(column))) return undefined;
    const query = this.countsIn(counts);
    const condition = visible(sight, own, 't');
    return condition ? query.where(condition) : query;
  }

  /**
   * Numbers of those rows to count that are seen for their customers' sake alone, from totals by both owners. Undefined where no rows
   * are counted apart.
   * @param path The table of the rows.
   */
  sharedCounts(
    path: Readable,
    key: string,
    counts: RowCounts,
  ): SelectQueryBuilder<CountsTables, string, object> | undefined {
    const sight = this.sightOf(path);
    if (typeof sight === 'string' || !sourcesOf(sight, belongingOf(path), path, key)) return undefined;
    return this.countsIn(counts).where(othersAmong(sight, 't'));
  }

  private countsIn(counts: RowCounts): SelectQueryBuilder<CountsTables, string, object> {
    const lines = totalsBetween(counts).as('t') as never;
    return (this.db as unknown as Kysely<CountsTables>).selectFrom(lines) as SelectQueryBuilder<
      CountsTables,
      string,
      object
    >;
  }

  /** What `totalsBetween` answers of a totals table: `view.totals(totals, range).groupBy('t.stage').select(…)`. */
  totals<Table extends ReadableTotals>(
    totals: Table,
    range: TotalsRange<DimensionOf<Table>>,
  ): TotalsLines<Tables, Table> {
    const belonging = belongingOf(totals.path);
    const condition = visible(this.sightOf(totals.path), belonging, 't');
    const { dimensions } = range;
    const chosen = condition && dimensions ? { ...range, dimensions: [...dimensions, belonging.owner!] } : range;
    const lines = this.db.selectFrom(totalsBetween(totals, chosen).as('t') as never) as unknown;
    const query = lines as TotalsLines<Tables, Table>;
    return condition ? query.where(condition) : query;
  }

  /** Lines that a query of this view has made. */
  over<Row, Alias extends string>(
    query: AliasedSelectQueryBuilder<Row, Alias>,
  ): SelectQueryBuilder<{ [Name in Alias]: Row }, Alias, object> {
    return this.db.selectFrom(query as never) as unknown as SelectQueryBuilder<{ [Name in Alias]: Row }, Alias, object>;
  }

  /** All rows that queries of this view answer, under the same names. */
  union<Path extends keyof Tables, Row>([query, ...others]: readonly SelectQueryBuilder<
    Tables,
    Path,
    Row
  >[]): SelectQueryBuilder<Tables, Path, Row> {
    // Each in parentheses, as it has an order and a limit of its own.
    const whole = (part: SelectQueryBuilder<Tables, Path, Row>) => this.over(part.as('part')).selectAll();
    const all = others.reduce((union, other) => union.unionAll(whole(other) as never), whole(query!));
    return this.over(all.as('rows')).selectAll() as unknown as SelectQueryBuilder<Tables, Path, Row>;
  }

  /** Which lines of a table this viewer sees. */
  sightOf(path: Readable): Sight {
    return this.viewer.sight(belongingOf(path).permission);
  }

  /** Lets `work` see everything as of one moment. */
  async snapshot<Answer>(work: (view: View<Tables>) => Promise<Answer>): Promise<Answer> {
    return this.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(db => work(new View(db, this.viewer)));
  }

  /** Changes whenever the tables of these projections may have changed. Read before them: then what is kept under it is at least that new. */
  async versionOf(projections: readonly { readonly name: string }[]): Promise<string> {
    const names = projections.map(({ name }) => name);
    const { rows } = await sql<{ version: string }>`
      select concat_ws('/', id, epoch, position) as version from projections.generations
      where name = any(${names}::text[]) and slot = 'live' order by name`.execute(this.db);
    return rows.map(({ version }) => version).join(' ');
  }
}
