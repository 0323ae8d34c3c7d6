import type { Envelope } from '#platform/graphql/command.js';
import type { Random } from './random.js';

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Nine o'clock in Shanghai. */
const OFFICE_OPENS_MS = HOUR_MS;
const OFFICE_HOURS_MS = 9 * HOUR_MS;

/** Something that somebody does in the simulated company. */
export interface Action {
  /** When it reaches the system, in ms since 1970. */
  readonly at: number;
  readonly actor: string;
  readonly type: new () => Envelope;
  /** With `occurredAt` where it happened earlier than it was entered. */
  readonly input: object;
}

/** An action whose input the compiler checks against the command. */
export function act<Command extends Envelope>(
  at: number,
  actor: string,
  type: new () => Command,
  input: Omit<Command, 'sender' | 'commandId'>,
): Action {
  return { at, actor, type, input };
}

/** A moment of a day's office hours; at a weekend, of the Monday after it. */
export function officeTime(day: number, random: Random): number {
  const midnight = Math.floor(day / DAY_MS) * DAY_MS;
  const weekday = new Date(midnight).getUTCDay();
  const monday = weekday === 6 ? 2 : weekday === 0 ? 1 : 0;
  return midnight + monday * DAY_MS + OFFICE_OPENS_MS + Math.floor(random.next() * OFFICE_HOURS_MS);
}

/** The calendar day of a moment in office hours, the same in Shanghai and in UTC. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
