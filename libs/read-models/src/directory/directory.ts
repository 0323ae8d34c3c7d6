import type { CrmEvents } from '#crm/events.js';
import type { Money } from '#crm/money.js';
import {
  type Columns,
  instant,
  integer,
  type ProjectedEvent,
  projection,
  text,
  type ValuesOf,
} from '#event-sourcing/projection.js';

/** Every record as it is now (名录): what lists, nested objects and cards show. Its tables stand in the folders beside this file. */
export const directory = projection<CrmEvents>()('directory', { version: 4 });

/** By which event a row came to be, and which one last made it what it is. Every table has these columns. */
export const provenance = {
  createdPosition: integer,
  position: integer,
  eventId: text,
  changedAt: instant,
};
export type Provenance = ValuesOf<typeof provenance>;

const latest = ({ id, position, recordedAt }: ProjectedEvent) => ({
  position: Number(position),
  eventId: id,
  changedAt: recordedAt,
});

/** The provenance of a new row. */
export const created = (event: ProjectedEvent): Provenance => ({
  createdPosition: Number(event.position),
  ...latest(event),
});

/** The row with some columns changed; none if there is none, as when a history is read from its middle. */
export function changed<Row extends Provenance>(
  row: Row | undefined,
  event: ProjectedEvent,
  changes: Partial<Row> | ((row: Row) => Partial<Row>),
): Row | undefined {
  return row && { ...row, ...(typeof changes === 'function' ? changes(row) : changes), ...latest(event) };
}

type Blank<C extends Columns> = { [Name in keyof C as null extends ValuesOf<C>[Name] ? Name : never]: null };

/** `null` for every column that may be empty: what a new row starts from. */
export function blank<C extends Columns>(columns: C): Blank<C> {
  const optional = Object.entries(columns).filter(([, column]) => column.optional);
  return Object.fromEntries(optional.map(([name]) => [name, null])) as Blank<C>;
}

/** The two columns of an amount. */
export const amountOf = (amount: Money | undefined) => ({
  amountMinor: amount?.minor ?? null,
  currency: amount?.currency ?? null,
});
