import type { Type } from '@nestjs/common';
import { InputType, registerEnumType } from '@nestjs/graphql';
import type { Day } from '#event-sourcing/event.js';
import type { RowOf, RowsTable } from '#event-sourcing/projection.js';
import { guardedFields, type Resource } from '#platform/access/permissions.js';
import type { Viewer } from '#platform/access/viewer.js';
import { OneOf } from '#platform/graphql/fields.js';
import type { RowCounts } from '../../access/view.js';
import { type Connection, connectionOf, SortDirection } from '../../shared/connection.js';
import type { Order, SortKey } from '../../shared/keyset.js';
import type { Filter } from './filters.js';
import type { Lookup, TableName } from './lookup.js';

/** A nested record, found by an id that the row holds. */
export interface Reference {
  /** A column of the row, or a field that `show` adds. */
  readonly column: string;
  readonly table: TableName;
  readonly type: () => Type;
  readonly description: string;
}

/** A table that a list can show. */
export type DirectoryTable = RowsTable<string, unknown, `directory.${TableName}`>;

/** A list of the directory, as data: what it shows, how it can be narrowed and sorted, what hangs on each entry. */
export interface ListDefinition<Table extends DirectoryTable, Column extends string = keyof RowOf<Table> & string> {
  /** The query; the filter, sort and connection are named after it. */
  readonly name: TableName;
  /** Whose `read` permission it needs. */
  readonly resource: Resource;
  /** The query of one by its id, where there is one. */
  readonly one?: string;
  readonly description: string;
  readonly table: Table;
  readonly node: Type;
  /** What the node shows beside the row's columns of the same name. Functions are called only for what is selected. */
  readonly show?: (row: RowOf<Table>, context: { lookup: Lookup; today: Day }) => object;
  readonly filters: { readonly [field: string]: Filter<Column> };
  /** The columns that hold the fields which the table of permissions guards: each has to be named, if need be without columns. */
  readonly guarded?: { readonly [field: string]: readonly Column[] };
  /** How many rows there are, kept by some of their columns: answers `totalCount` where filters look at no others. */
  readonly counts?: RowCounts;
  /** How many of them are seen for their customers' sake, kept by both owners and perhaps more: the same for whoever does not see all. */
  readonly sharedCounts?: RowCounts;
  /** Column and description by name; all can also be sorted in the order in which they were entered. */
  readonly sorts: { readonly [name: string]: readonly [column: Column, description: string] };
  readonly references: { readonly [field: string]: Reference };
}

/** The sort that a client chose. */
export interface Sort {
  readonly by: string;
  readonly direction?: SortDirection | null;
}

type Row = Record<string, unknown>;

/** A list with the GraphQL types that follow from its definition. */
export interface List extends Omit<ListDefinition<DirectoryTable, string>, 'show'> {
  readonly show?: (row: Row, context: { lookup: Lookup; today: Day }) => object;
  readonly connection: Type<Connection<object>>;
  readonly filter: Type;
  readonly sort: Type;
}

const NEWEST_FIRST: Sort = { by: 'CREATED', direction: SortDirection.DESC };

const capitalized = (name: string) => name[0]!.toUpperCase() + name.slice(1);

function named<T extends Type>(type: T, name: string): T {
  return Object.defineProperty(type, 'name', { value: name });
}

function filterType(name: string, filters: ListDefinition<DirectoryTable>['filters']): Type {
  class ListFilter {}
  for (const [field, { declare }] of Object.entries(filters)) declare(ListFilter.prototype, field);
  InputType(name, { description: 'What to show (筛选): all given conditions hold.' })(ListFilter);
  return named(ListFilter, name);
}

function sortType(name: string, sorts: ListDefinition<DirectoryTable>['sorts']): Type {
  const values = Object.fromEntries(Object.keys(sorts).map(sort => [sort, sort]));
  const valuesMap = Object.fromEntries(Object.entries(sorts).map(([sort, [, description]]) => [sort, { description }]));
  registerEnumType(values, { name: `${name}By`, description: 'By what to sort (排序字段).', valuesMap });

  @InputType(name, { description: 'In which order (排序).' })
  class ListSort {
    @OneOf(values, 'By what.')
    by: string;

    @OneOf(SortDirection, 'Which end first; ASC unless you say otherwise.', { optional: true })
    direction?: SortDirection | null;
  }
  return named(ListSort, name);
}

/** @throws Error at boot if the definition names a column that its table does not have, or forgets a guarded field. */
export function list<Table extends DirectoryTable>(definition: ListDefinition<Table>): List {
  const { name, node, table, filters, resource, guarded = {} } = definition;
  const sorts = { CREATED: ['createdPosition', 'When it was entered here (录入顺序).'] as const, ...definition.sorts };
  const used = [
    ...Object.values(filters).flatMap(({ columns }) => columns),
    ...Object.values(sorts).map(([column]) => column),
    ...Object.values(guarded).flat(),
  ];
  const unknown = used.find(column => column !== table.key && !(column in table.columns));
  if (unknown) throw new Error(`The list ${name} uses ${unknown}, which ${table.path} does not have.`);
  const forgotten = Object.keys(guardedFields[resource] ?? {}).find(field => !guarded[field]);
  if (forgotten) throw new Error(`The list ${name} does not say which columns hold ${forgotten}, which is guarded.`);
  return {
    ...(definition as unknown as ListDefinition<DirectoryTable, string>),
    show: definition.show as List['show'],
    sorts,
    connection: connectionOf(node, capitalized(name)) as Type<Connection<object>>,
    filter: filterType(`${capitalized(name)}Filter`, filters),
    sort: sortType(`${capitalized(name)}Sort`, sorts),
  };
}

/** The columns of a list that this viewer may not see, nor ask anything about. */
export const hiddenColumns = ({ resource, guarded = {} }: List, viewer: Viewer): readonly string[] =>
  viewer.fieldsHidden(resource).flatMap(field => guarded[field] ?? []);

/** The order that a sort means, with the id behind it so that no two entries stand in the same place. */
export function orderOf({ name, table, sorts }: List, sort: Sort | null | undefined): Order {
  const { by, direction } = sort ?? NEWEST_FIRST;
  const [column] = sorts[by]!;
  const { kind, optional } = table.columns[column]!;
  return {
    name: `${name}.${by}.${direction ?? SortDirection.ASC}`,
    keys: [
      { column, kind: kind as SortKey['kind'], optional },
      { column: table.key, kind: 'text' },
    ],
    descending: direction === SortDirection.DESC,
  };
}
