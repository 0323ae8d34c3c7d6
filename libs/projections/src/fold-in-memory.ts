import type { RecordedEvent } from '#event-sourcing/event.js';
import type { LogTable, RowOf, RowsTable } from '#event-sourcing/projection.js';
import { Fold } from './fold.js';
import { planOf } from './plan.js';
import { projected } from './projected-events.js';

type Folded<Table> = Table extends { readonly key: string }
  ? RowOf<Table>
  : Table extends LogTable<infer Line>
    ? Line
    : never;

/**
 * What tables would hold after these events alone, without a database: `foldInMemory({ cards }, events, timeZone).cards`.
 * For short histories, such as one customer's as it was known at an instant.
 * @throws FoldFailure naming the event that cannot be folded.
 */
export function foldInMemory<Tables extends { readonly [name: string]: RowsTable | LogTable }>(
  tables: Tables,
  events: Iterable<RecordedEvent>,
  timeZone: string,
): { [Name in keyof Tables]: Folded<Tables[Name]>[] } {
  const named = Object.entries(tables);
  const rows = named.flatMap(([, table]) => ('key' in table ? [table] : []));
  const logs = named.flatMap(([, table]) => ('key' in table ? [] : [table]));
  const fold = new Fold(planOf({ name: 'inMemory', version: 1, tables: { rows, logs, totals: [] } }));
  const agenda = fold.agenda(Array.from(events, event => projected(event, timeZone)));
  for (const [table, keys] of agenda.missing) table.adopt(keys);
  fold.run(agenda);

  const found = new Map<RowsTable | LogTable, unknown[]>();
  for (const { plan, cache } of fold.tables)
    found.set(plan.table, [...cache.states()].map(({ row }) => row).filter(Boolean));
  for (const [plan, lines] of fold.lines) found.set(plan.table, lines);
  return Object.fromEntries(named.map(([name, table]) => [name, found.get(table)])) as {
    [Name in keyof Tables]: Folded<Tables[Name]>[];
  };
}
