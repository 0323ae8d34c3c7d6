import type { Day, Instant } from './event.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const offsets = new Map<string, Map<number, number>>();
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** How far the zone's clock is ahead of UTC at an instant, in ms. Kept per quarter of an hour: Intl costs microseconds, projections ask per event. */
function offsetAt(epoch: number, timeZone: string): number {
  const known = offsets.get(timeZone) ?? new Map<number, number>();
  offsets.set(timeZone, known);
  const quarter = Math.floor(epoch / (15 * MINUTE));
  let offset = known.get(quarter);
  if (offset === undefined) {
    const part = Object.fromEntries(
      formatOf(timeZone)
        .formatToParts(epoch)
        .map(({ type, value }) => [type, Number(value)]),
    );
    const local = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
    offset = Math.round((local - epoch) / 1000) * 1000;
    known.set(quarter, offset);
  }
  return offset;
}

/** The business day of an instant: the date that a calendar on the wall shows in that time zone. */
export function businessDay(instant: Instant, timeZone: string): Day {
  const epoch = Date.parse(instant);
  return new Date(epoch + offsetAt(epoch, timeZone)).toISOString().slice(0, 10);
}

/** The first instant of a business day; where a clock change removes midnight, the first one after it. */
export function startOfDay(day: Day, timeZone: string): Instant {
  const midnight = Date.parse(`${day}T00:00:00.000Z`);
  const candidates = [-24 * HOUR, 0, 24 * HOUR].map(shift => midnight - offsetAt(midnight + shift, timeZone));
  const first = candidates
    .sort((a, b) => a - b)
    .find(epoch => businessDay(new Date(epoch).toISOString(), timeZone) === day);
  return new Date(first ?? midnight).toISOString();
}

/** The day `count` days later (earlier for a negative count). */
export function addDays(day: Day, count: number): Day {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + count * 24 * HOUR).toISOString().slice(0, 10);
}

/** Whole days from one day to another; negative when `to` is the earlier one. */
export function daysBetween(from: Day, to: Day): number {
  return (Date.parse(`${to}T00:00:00.000Z`) - Date.parse(`${from}T00:00:00.000Z`)) / (24 * HOUR);
}
