import type { Day } from '#event-sourcing/event.js';
import type { TotalsPlan } from './plan.js';
import type { Part, Row } from './values.js';

/** A line of changes in the order of its columns: the day on which it became known, dimensions, sums. */
export type Change = unknown[];

/** Part of a key that no other value can be mistaken for: text never contains the zero character. */
const tagged = (value: unknown): string => (value === null ? '-' : `+${value}\0`);

function agree(one: Row, other: Row, names: readonly string[]): boolean {
  for (const name of names) if (one[name] !== other[name]) return false;
  return true;
}

function agreeFrom(one: Part, other: Part, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (one[index] !== other[index]) return false;
  return true;
}

/** The changes of one totals table, added up by its dimensions and the day on which they became known. */
export class TotalsChanges {
  private readonly days = new Map<Day, Map<string, Change>>();
  private readonly each: number;
  private readonly columns: number;
  private lines = 0;

  constructor(private readonly plan: TotalsPlan) {
    this.each = plan.each.length;
    this.columns = this.each + plan.sums.length;
  }

  /** How many lines there are to write. */
  get size(): number {
    return this.lines;
  }

  /** Takes off what a row contributed and adds what it contributes now; either may be missing. */
  move(
    knownOn: Day,
    before: Row | undefined,
    gone: readonly Part[],
    after: Row | undefined,
    come: readonly Part[],
  ): void {
    const { each, columns } = this;
    const comparable = before && after && agree(before, after, this.plan.by) ? Math.min(gone.length, come.length) : 0;
    // Most contributions of a row stay as they are: only for the others a key is made.
    let prefix: string | undefined;
    for (let index = 0; index < comparable; index++) {
      const [was, is] = [gone[index]!, come[index]!];
      const sameLine = agreeFrom(was, is, 0, each);
      if (sameLine && agreeFrom(was, is, each, columns)) continue;
      prefix ??= this.prefixOf(after!);
      const line = this.line(knownOn, prefix, after!, is);
      this.add(line, is, 1);
      this.add(sameLine ? line : this.line(knownOn, prefix, before!, was), was, -1);
    }
    if (gone.length > comparable) {
      prefix = this.prefixOf(before!);
      for (let index = comparable; index < gone.length; index++)
        this.add(this.line(knownOn, prefix, before!, gone[index]!), gone[index]!, -1);
    }
    if (come.length > comparable) {
      prefix = this.prefixOf(after!);
      for (let index = comparable; index < come.length; index++)
        this.add(this.line(knownOn, prefix, after!, come[index]!), come[index]!, 1);
    }
  }

  /** The lines to write, without those that came to nothing. Empties it. */
  drain(): Change[] {
    const firstSum = 1 + this.plan.by.length + this.each;
    const changes: Change[] = [];
    for (const day of this.days.values())
      for (const change of day.values()) {
        let index = firstSum;
        while (index < change.length && change[index] === 0) index++;
        if (index < change.length) changes.push(change);
      }
    this.days.clear();
    this.lines = 0;
    return changes;
  }

  private prefixOf(row: Row): string {
    let prefix = '';
    for (const name of this.plan.by) prefix += tagged(row[name]);
    return prefix;
  }

  /** The line of these dimensions, a new one if there is none yet. */
  private line(knownOn: Day, prefix: string, row: Row, part: Part): Change {
    let day = this.days.get(knownOn);
    if (!day) {
      day = new Map();
      this.days.set(knownOn, day);
    }
    let key = prefix;
    for (let index = 0; index < this.each; index++) key += tagged(part[index]);
    let change = day.get(key);
    if (!change) {
      change = [knownOn];
      for (const name of this.plan.by) change.push(row[name]);
      for (let index = 0; index < this.each; index++) change.push(part[index]);
      for (let index = this.each; index < this.columns; index++) change.push(0);
      day.set(key, change);
      this.lines++;
    }
    return change;
  }

  private add(change: Change, part: Part, sign: 1 | -1): void {
    const shift = 1 + this.plan.by.length;
    for (let index = this.each; index < this.columns; index++) {
      const value = part[index] as number;
      if (value !== 0) (change[shift + index] as number) += sign * value;
    }
  }
}
