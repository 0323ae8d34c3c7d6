import { refuse } from '#event-sourcing/refusal.js';
import { cells } from './rfm.cells.js';
import type { Scored } from './rfm.scoring.js';
import type { Segment } from './rfm.segments.js';

/** Some of the customers of a report. */
export interface Chosen {
  /** Whether the customer at a place is one of them. */
  readonly includes: (place: number) => boolean;
  readonly count: () => number;
}

/** @throws Refusal BAD_USER_INPUT for an unknown segment or cell, naming those that there are. */
export function customersIn(
  { cell, segment }: Pick<Scored, 'cell' | 'segment'>,
  segments: readonly Segment[],
  wanted: { readonly segment?: string | null; readonly cell?: string | null },
): Chosen {
  const segmentPlace = placeOf(wanted.segment, 'segment', segments, entry => [entry.segment, entry.name]);
  const cellPlace = placeOf(wanted.cell, 'cell', cells, entry => [entry.cell, entry.name, entry.alias]);
  const includes = (place: number) =>
    (segmentPlace === undefined || segment[place] === segmentPlace) &&
    (cellPlace === undefined || cell[place] === cellPlace);
  const all = segmentPlace === undefined && cellPlace === undefined;
  return { includes, count: () => (all ? cell.length : cell.filter((_, place) => includes(place)).length) };
}

function placeOf<Entry>(
  name: string | null | undefined,
  field: string,
  table: readonly Entry[],
  namesOf: (entry: Entry) => readonly (string | undefined)[],
): number | undefined {
  if (name == null) return undefined;
  const place = table.findIndex(entry => namesOf(entry).includes(name));
  if (place >= 0) return place;
  const allowed = table.map(entry => namesOf(entry)[0]!);
  throw refuse('BAD_USER_INPUT', `There is no ${field} "${name}".`, { field, allowed });
}
