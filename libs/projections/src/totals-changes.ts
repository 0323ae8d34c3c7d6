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

/** Lines that became known on one day: by the dimensions that come from the row, then by those of a contribution. */
type LinesOfDay = Map<string, Map<string, Change>>;

/** The changes of one totals table, added up by its dimensions and the day on which they became known. */
export class TotalsChanges {
  private readonly days = new Map<Day, LinesOfDay>();
  private readonly each: number;
  private readonly columns: number;
  private lines = 0;

  constructor(readonly plan: TotalsPlan) {
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
    // Most contributions of a row stay as they are: only for the others the lines are looked for.
    let lines: Map<string, Change> | undefined;
    for (let index = 0; index < comparable; index++) {
      const [was, is] = [gone[index]!, come[index]!];
      const sameLine = agreeFrom(was, is, 0, each);
      if (sameLine && agreeFrom(was, is, each, columns)) continue;
      lines ??= this.linesOf(knownOn, after!);
      const line = this.line(lines, knownOn, after!, is);
      this.add(line, is, 1);
      this.add(sameLine ? line : this.line(lines, knownOn, after!, was), was, -1);
    }
    if (gone.length > comparable) {
      const left = lines ?? this.linesOf(knownOn, before!);
      for (let index = comparable; index < gone.length; index++)
        this.add(this.line(left, knownOn, before!, gone[index]!), gone[index]!, -1);
    }
    if (come.length > comparable) {
      const entered = lines ?? this.linesOf(knownOn, after!);
      for (let index = comparable; index < come.length; index++)
        this.add(this.line(entered, knownOn, after!, come[index]!), come[index]!, 1);
    }
  }

  /** The lines to write, without those that came to nothing. Empties it. */
  drain(): Change[] {
    const firstSum = 1 + this.plan.by.length + this.each;
    const changes: Change[] = [];
    for (const day of this.days.values())
      for (const lines of day.values())
        for (const change of lines.values()) {
          let index = firstSum;
          while (index < change.length && change[index] === 0) index++;
          if (index < change.length) changes.push(change);
        }
    this.days.clear();
    this.lines = 0;
    return changes;
  }

  /** The lines of the dimensions that come from the row. They make the longest keys, so they are made once for all contributions. */
  private linesOf(knownOn: Day, row: Row): Map<string, Change> {
    let day = this.days.get(knownOn);
    if (!day) {
      day = new Map();
      this.days.set(knownOn, day);
    }
    let key = '';
    for (const name of this.plan.by) key += tagged(row[name]);
    let lines = day.get(key);
    if (!lines) {
      lines = new Map();
      day.set(key, lines);
    }
    return lines;
  }

  /** The line of a contribution, a new one if there is none yet. */
  private line(lines: Map<string, Change>, knownOn: Day, row: Row, part: Part): Change {
    let key = '';
    for (let index = 0; index < this.each; index++) key += tagged(part[index]);
    let change = lines.get(key);
    if (!change) {
      change = new Array(1 + this.plan.by.length + this.columns);
      let column = 0;
      change[column++] = knownOn;
      for (const name of this.plan.by) change[column++] = row[name];
      for (let index = 0; index < this.each; index++) change[column++] = part[index];
      while (column < change.length) change[column++] = 0;
      lines.set(key, change);
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
