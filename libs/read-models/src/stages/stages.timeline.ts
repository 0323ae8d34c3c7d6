import { isDeepStrictEqual } from 'node:util';
import { daysBetween } from '#event-sourcing/business-time.js';
import type { Day } from '#event-sourcing/event.js';

/** That an opportunity came from one stage (`null`: from none) into another, `won` or `lost`. */
export interface Move {
  readonly from: string | null;
  readonly to: string;
  readonly on: Day;
  /** Whose it was then. */
  readonly ownerId: string | null;
}

/** Whose an opportunity is from a day on. */
export interface Ownership {
  readonly on: Day;
  readonly ownerId: string | null;
}

/** What an opportunity was expected to bring from a day on. */
export interface Estimate {
  readonly on: Day;
  readonly currency: string;
  readonly minor: number;
}

/** What of a move says where an opportunity is. */
type Entry = Pick<Move, 'to' | 'on'>;

/** When an opportunity was in a stage; `before`: the day on which it left, `null` while it is there. */
export interface Stay {
  readonly stage: string;
  readonly from: Day;
  readonly before: Day | null;
}

/** The earliest of the days, `null` for none. */
const earliest = (days: readonly Day[]): Day | null => days.reduce<Day | null>((a, b) => (a && a < b ? a : b), null);

/**
 * Where an opportunity was when. On every day it is where the last recorded move took it of those that had happened by then: a
 * late entry may say that it left a stage before the day on which it is said to have entered it, and then it never was there.
 */
export function staysOf(moves: readonly Entry[]): Stay[] {
  return moves.map(({ to, on }, index) => {
    const left = earliest(moves.slice(index + 1).map(later => later.on));
    return { stage: to, from: on, before: left !== null && left < on ? on : left };
  });
}

/** What an opportunity adds to a stage from a day on; negative when it leaves, or is worth less. */
export interface StockChange {
  readonly on: Day;
  readonly stage: string;
  readonly currency: string | null;
  readonly ownerId: string | null;
  readonly opportunities: number;
  readonly amountMinor: number;
}

/** The changes whose sum up to a day says where the opportunity was at its end, whose it was, and what it was expected to bring. */
export function stockChangesOf(
  moves: readonly Entry[],
  estimates: readonly Estimate[],
  owners: readonly Ownership[],
): StockChange[] {
  const days = [...new Set([...moves, ...estimates, ...owners].map(({ on }) => on))].sort();
  const changes: StockChange[] = [];
  let before: Omit<StockChange, 'on'> | undefined;
  for (const on of days) {
    const stage = moves.findLast(move => move.on <= on)?.to;
    if (!stage) continue;
    const worth = estimates.findLast(estimate => estimate.on <= on);
    const ownerId = owners.findLast(owner => owner.on <= on)?.ownerId ?? null;
    const now = { stage, currency: worth?.currency ?? null, ownerId, opportunities: 1, amountMinor: worth?.minor ?? 0 };
    if (before && isDeepStrictEqual(before, now)) continue;
    if (before) changes.push({ ...before, on, opportunities: -1, amountMinor: -before.amountMinor });
    changes.push({ ...now, on });
    before = now;
  }
  return changes;
}

/** How long an opportunity was in a stage, re-entries together: `days`, or for the open stage `since`, a number of the day to count from. */
export interface TimeInStage {
  readonly stage: string;
  readonly days: number | null;
  readonly since: number | null;
}

const ENDS = ['won', 'lost'];

/** Days as numbers, so that they can be subtracted. */
export const numberOfDay = (day: Day): number => daysBetween('1970-01-01', day);

/** One entry per open stage that it ever entered. */
export function timesOf(moves: readonly Entry[]): TimeInStage[] {
  const stays = staysOf(moves).filter(({ stage }) => !ENDS.includes(stage));
  const stages = [...new Set(stays.map(({ stage }) => stage))];
  return stages.map(stage => {
    const own = stays.filter(stay => stay.stage === stage);
    const days = own.reduce((sum, { from, before }) => sum + (before === null ? 0 : daysBetween(from, before)), 0);
    const open = own.find(({ before }) => before === null);
    // As if it had begun earlier by what it was there before.
    return open ? { stage, days: null, since: numberOfDay(open.from) - days } : { stage, days, since: null };
  });
}
