import type { Day, RecordedEvent } from './event.js';

/** A column's type in the database and, by `T`, in TypeScript. */
export interface Column<T> {
  readonly kind: 'text' | 'integer' | 'date' | 'instant' | 'boolean' | 'json';
  readonly optional: boolean;
  /** Never set: carries `T` for inference. */
  readonly type?: T;
}
interface RequiredColumn<T> extends Column<T> {
  readonly nullable: Column<T | null>;
}
const column = <T>(kind: Column<T>['kind']): RequiredColumn<T> => ({
  kind,
  optional: false,
  nullable: { kind, optional: true },
});

export const text = column<string>('text');
/** A whole number up to 2^53, `bigint` in the database: counts and minor units of money. */
export const integer = column<number>('integer');
/** A business day, `YYYY-MM-DD`. */
export const date = column<Day>('date');
/** An instant as ISO string. */
export const instant = column<string>('instant');
export const boolean = column<boolean>('boolean');
/** A JSON document of shape `T`. */
export const json = <T>(): RequiredColumn<T> => column<T>('json');

export type Columns = { readonly [name: string]: Column<unknown> };
export type ValuesOf<C extends Columns> = { [Name in keyof C]: C[Name] extends Column<infer T> ? T : never };

/** An event as a projection sees it: with the business days of its two times. */
export interface ProjectedEvent<Type extends string = string, Data = unknown> extends RecordedEvent<Type, Data> {
  /** The day on which it happened. */
  readonly occurredOn: Day;
  /** The day on which it was recorded: from then on it was known. */
  readonly knownOn: Day;
}

/** Folds one event into one row; `undefined` in: there is none yet; `undefined` out: there is none any more. */
export type Fold<Row, Type extends string, Data> = (
  row: Row | undefined,
  event: ProjectedEvent<Type, Data>,
) => Row | undefined;

type FoldsOf<Events, Row> = { readonly [Type in keyof Events & string]?: Fold<Row, Type, Events[Type]> };

/** A table with one row per key, folded from the events that name the key. */
export interface RowsTable<Key extends string = string, Row = unknown, Path extends string = string> {
  readonly projection: string;
  readonly name: string;
  /** `projection.table`, as queries name it. */
  readonly path: Path;
  /** The key's column. */
  readonly key: Key;
  /** The key's value for an event; `undefined`: the event does not concern this table. */
  readonly keyOf: (event: RecordedEvent) => string | undefined;
  readonly columns: Columns;
  /** Secondary indexes, each a list of columns. */
  readonly indexes: readonly (readonly string[])[];
  /** Covariant in `Row`, so that any table is a `RowsTable`; the engine calls them with what `Fold` says. */
  readonly on: { readonly [type: string]: (row: never, event: never) => Row | undefined };
}

/** A table that is only ever appended to: one line per event (or several, or none). */
export interface LogTable<Line = unknown, Path extends string = string> {
  readonly projection: string;
  readonly name: string;
  readonly path: Path;
  readonly columns: Columns;
  readonly indexes: readonly (readonly string[])[];
  /** By event type; `'*'` stands for all types. */
  readonly on: { readonly [type: string]: (event: never) => readonly Line[] };
}

/**
 * Sums over the rows of a table, kept by the dimensions `by` (columns of the row) and `each` (of a contribution).
 * The engine adds `of(after) − of(before)`, so they always equal a recount. With one column of kind `date` among the dimensions
 * they are kept by day and by month. Every change is logged with the day on which it became known.
 */
export interface TotalsTable<
  By extends string = string,
  Each extends Columns = Columns,
  Sums extends Columns = Columns,
  Source extends RowsTable = RowsTable,
  Path extends string = string,
> {
  readonly projection: string;
  readonly name: string;
  readonly path: Path;
  readonly rows: Source;
  readonly by: readonly By[];
  readonly each: Each;
  readonly sums: Sums;
  readonly of: (row: never) => readonly object[];
  /** The same sums by fewer dimensions, for questions that need no more. */
  readonly rollups: readonly Rollup[];
}

/** A table of the sums of a totals table by some of its dimensions; the engine derives it, and queries choose it by themselves. */
export interface Rollup {
  readonly name: string;
  readonly dimensions: readonly string[];
}

export interface Projection {
  readonly name: string;
  /** A changed definition gets a new version: built beside the live one, compared, swapped. */
  readonly version: number;
  readonly tables: {
    readonly rows: readonly RowsTable[];
    readonly totals: readonly TotalsTable[];
    readonly logs: readonly LogTable[];
  };
}

/** The row of a table as queries and `of` see it, with its key. */
export type RowOf<Table> = Table extends RowsTable<infer Key, infer Row> ? Row & { [K in Key]: string } : never;

/**
 * Starts the definition of a projection over `Events` (a map of event data by type):
 * `const funnel = projection<CrmEvents>()('funnel', { version: 1 })`, then `funnel.rows(…)`, `funnel.totals(…)`.
 */
export const projection =
  <Events>() =>
  <Name extends string>(name: Name, { version }: { version: number }) => {
    const tables = { rows: [] as RowsTable[], totals: [] as TotalsTable[], logs: [] as LogTable[] };
    return {
      name,
      version,
      tables,

      /** `key`: the field of the event's data that names the row, or a column name with a function that finds its value. */
      rows<Key extends string, C extends Columns, Table extends string>(
        table: Table,
        definition: {
          key: Key | { column: Key; of: (event: RecordedEvent) => string | undefined };
          columns: C;
          indexes?: readonly (readonly (Key | (keyof C & string))[])[];
          on: FoldsOf<Events, ValuesOf<C>>;
        },
      ): RowsTable<Key, ValuesOf<C>, `${Name}.${Table}`> {
        const { key, columns, on, indexes = [] } = definition;
        const keyOf =
          typeof key === 'string' ? (event: RecordedEvent) => (event.data as Record<string, string>)[key] : key.of;
        const made = {
          projection: name,
          name: table,
          path: `${name}.${table}`,
          key: typeof key === 'string' ? key : key.column,
          keyOf,
          columns,
          indexes,
          on,
        } as unknown as RowsTable<Key, ValuesOf<C>, `${Name}.${Table}`>;
        tables.rows.push(made as unknown as RowsTable);
        return made;
      },

      log<C extends Columns, Table extends string>(
        table: Table,
        definition: {
          columns: C;
          indexes?: readonly (readonly (keyof C & string)[])[];
          on:
            | {
                readonly [Type in keyof Events & string]?: (
                  event: ProjectedEvent<Type, Events[Type]>,
                ) => readonly ValuesOf<C>[];
              }
            | { readonly '*': (event: ProjectedEvent) => readonly ValuesOf<C>[] };
        },
      ): LogTable<ValuesOf<C>, `${Name}.${Table}`> {
        const made = {
          projection: name,
          name: table,
          path: `${name}.${table}`,
          indexes: [],
          ...definition,
        } as unknown as LogTable<ValuesOf<C>, `${Name}.${Table}`>;
        tables.logs.push(made as unknown as LogTable);
        return made;
      },

      totals<
        Source extends RowsTable,
        By extends keyof RowOf<Source> & string,
        Each extends Columns,
        Sums extends Columns,
        Table extends string,
      >(
        table: Table,
        source: Source,
        definition: {
          by: readonly By[];
          each: Each;
          sums: Sums;
          of: (row: RowOf<Source>) => readonly (ValuesOf<Each> & { [Sum in keyof Sums]?: number })[];
          /** By table name: the dimensions that stay. */
          rollups?: { readonly [name: string]: readonly (NoInfer<By> | (keyof Each & string))[] };
        },
      ): TotalsTable<By, Each, Sums, Source, `${Name}.${Table}`> {
        const rollups = Object.entries(definition.rollups ?? {});
        const made = {
          projection: name,
          name: table,
          path: `${name}.${table}`,
          rows: source,
          ...definition,
          rollups: rollups.map(([name, dimensions]) => ({ name, dimensions })),
        } as unknown as TotalsTable<By, Each, Sums, Source, `${Name}.${Table}`>;
        tables.totals.push(made as unknown as TotalsTable);
        return made;
      },
    } satisfies Projection & Record<string, unknown>;
  };
