import type { Day } from '#event-sourcing/event.js';

/** What became different from a day on; what a move does not name stays as it was. */
export interface Move {
  /** `null`: from the beginning. */
  readonly effectiveOn: Day | null;
  readonly teamId?: string;
  readonly region?: string;
  readonly managerId?: string;
}

/** Where somebody is from a day on, until the next place begins. */
export interface Place {
  readonly from: Day | null;
  readonly teamId: string | null;
  readonly region: string | null;
  readonly managerId: string | null;
}

const NOWHERE: Place = { from: null, teamId: null, region: null, managerId: null };

/** All places in the order of their days, whatever the order in which the moves were recorded; of two for one day the later record counts. */
export function placesOf(moves: readonly Move[]): Place[] {
  const inOrder = moves.toSorted((a, b) => compare(a.effectiveOn ?? '', b.effectiveOn ?? ''));
  const places: Place[] = [];
  for (const { effectiveOn, teamId, region, managerId } of inOrder) {
    const before = places.at(-1) ?? NOWHERE;
    if (places.length > 0 && before.from === effectiveOn) places.pop();
    places.push({
      from: effectiveOn,
      teamId: teamId ?? before.teamId,
      region: region ?? before.region,
      managerId: managerId ?? before.managerId,
    });
  }
  return places;
}

/** The place on a day. */
export function placeOn(places: readonly Place[], day: Day): Place {
  return places.findLast(({ from }) => from === null || from <= day) ?? NOWHERE;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
