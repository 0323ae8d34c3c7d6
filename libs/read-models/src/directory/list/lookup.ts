import DataLoader from 'dataloader';
import type { Day } from '#event-sourcing/event.js';
import type { Viewer } from '#platform/access/viewer.js';
import type { tables } from '../directory.projection.js';
import { hiddenColumns, type List } from './list.js';

export type TableName = keyof typeof tables;
export type Row = Record<string, unknown>;

/** Finds rows of one table by their ids, in any order; those are left out that are unknown, or not for the viewer. */
export type RowsByIds = (table: TableName, ids: readonly string[]) => Promise<readonly Row[]>;

/** An entry as GraphQL resolves it: the row, what its list shows of it, and where its references are looked up. */
export type Node = Row & { readonly lookup: Lookup };

/**
 * Finds the records that hang on those shown: whatever is asked for in one round costs one statement per table. A lookup lives for
 * one query, and every node carries the one that it came from, so that a card as of an earlier time shows everything as of then.
 */
export class Lookup {
  private readonly blanks = new Map<TableName, { readonly [field: string]: null }>();
  private readonly loaders = new Map<TableName, DataLoader<string, Node | null>>();

  constructor(
    private readonly lists: { readonly [Name in TableName]: List },
    private readonly rowsByIds: RowsByIds,
    /** The business day of the question. */
    readonly today: Day,
    readonly viewer: Viewer,
  ) {}

  /** The record, or null if the viewer sees none of that id. */
  async load(table: TableName, id: unknown): Promise<Node | null> {
    // Postgres takes no NUL in a text, so none has such an id.
    return typeof id === 'string' && !id.includes('\0') ? this.loaderOf(table).load(id) : null;
  }

  /** The node of a row that is at hand, without what is hidden from the viewer. */
  nodeOf(table: TableName, row: Row): Node {
    const { table: rows, show } = this.lists[table];
    const shown = show?.(row, { lookup: this, today: this.today });
    return { ...row, id: row[rows.key], sourceEventId: row.eventId, lookup: this, ...shown, ...this.blanksOf(table) };
  }

  /** Whether the viewer may not know what a column holds. */
  hides(table: TableName, column: string): boolean {
    return column in this.blanksOf(table);
  }

  /** `null` for each hidden field, and for the columns that hold it. */
  private blanksOf(table: TableName): { readonly [field: string]: null } {
    const known = this.blanks.get(table);
    if (known) return known;
    const list = this.lists[table];
    const hidden = [...this.viewer.fieldsHidden(list.resource), ...hiddenColumns(list, this.viewer)];
    const blanks = Object.fromEntries(hidden.map(field => [field, null]));
    this.blanks.set(table, blanks);
    return blanks;
  }

  private loaderOf(table: TableName): DataLoader<string, Node | null> {
    const known = this.loaders.get(table);
    if (known) return known;
    const { key } = this.lists[table].table;
    const loader = new DataLoader<string, Node | null>(async ids => {
      const rows = new Map((await this.rowsByIds(table, ids)).map(row => [row[key] as string, row]));
      return ids.map(id => {
        const row = rows.get(id);
        return row ? this.nodeOf(table, row) : null;
      });
    });
    this.loaders.set(table, loader);
    return loader;
  }
}
