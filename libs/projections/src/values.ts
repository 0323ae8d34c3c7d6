import type { Column } from '#event-sourcing/projection.js';

type Kind = Column<unknown>['kind'];
/** A string knows whether it has halves of surrogate pairs, which Postgres refuses; the compiler's library does not know it yet. */
type Text = string & { isWellFormed(): boolean };

const checks: { readonly [K in Kind]: (value: unknown) => unknown } = {
  text: value => {
    if (typeof value !== 'string' || value.includes('\0') || !(value as Text).isWellFormed())
      throw wrong('text', value);
    return value;
  },
  integer: value => {
    if (!Number.isSafeInteger(value)) throw wrong('a whole number', value);
    return value;
  },
  date: value => {
    if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) throw wrong('a day', value);
    return value;
  },
  instant: value => {
    if (typeof value !== 'string') throw wrong('an instant', value);
    // As it comes back from the database, so that a fold sees the same whether the row was cached or loaded.
    return value.length === 24 && value.endsWith('Z') ? value : new Date(value).toISOString();
  },
  boolean: value => {
    if (typeof value !== 'boolean') throw wrong('true or false', value);
    return value;
  },
  json: value => value,
};

const wrong = (expected: string, value: unknown): TypeError =>
  new TypeError(`expected ${expected}, got ${value === null || value === undefined ? 'nothing' : typeof value}`);

/** A row as the database will give it back: all columns and no others, `null` where nothing is. The value itself stays unsaid in errors: it may be personal. */
export type Row = { readonly [column: string]: unknown };

type Columns = readonly (readonly [name: string, column: Column<unknown>])[];

/** Checks one value of a column. @throws TypeError naming the column if it does not fit. */
function valueChecker([name, { kind, optional }]: Columns[number]): (value: unknown) => unknown {
  const check = checks[kind];
  return value => {
    if (value === undefined || value === null) {
      if (optional) return null;
      throw new TypeError(`Column ${name}: expected a value, got nothing.`);
    }
    try {
      return check(value);
    } catch (error) {
      throw new TypeError(`Column ${name}: ${(error as Error).message}.`);
    }
  };
}

/**
 * Checks and completes rows of a table whose first column is the key. A value that it had `before`, when the row was complete, is
 * not checked again.
 * @throws TypeError naming the column whose value does not fit.
 */
export function rowChecker(columns: Columns): (key: string, values: Row, before?: Row) => Row {
  const [keyColumn, ...others] = columns;
  const [keyName, checkKey] = [keyColumn![0], valueChecker(keyColumn!)];
  const checked = others.map(column => ({ name: column[0], check: valueChecker(column) }));
  const complete = (key: string, values: Row): Row => {
    const row: Record<string, unknown> = { [keyName]: checkKey(key) };
    for (const { name, check } of checked) row[name] = check(values[name]);
    return row;
  };
  return (key, values, before) => {
    // A fold mostly changes a row that was complete before: then it need not be copied.
    if (values[keyName] !== key) return complete(key, values);
    for (const { name, check } of checked) {
      const value = values[name];
      if (before && value === before[name] && value !== undefined) continue;
      if (check(value) !== value) return complete(key, values);
    }
    let properties = 0;
    for (const _ in values) properties++;
    return properties === columns.length ? values : complete(key, values);
  };
}

/** Checks and completes lines of a table without a key. @throws TypeError naming the column whose value does not fit. */
export function lineChecker(columns: Columns): (values: Row) => Row {
  const checked = columns.map(column => ({ name: column[0], check: valueChecker(column) }));
  return values => {
    const row: Record<string, unknown> = {};
    for (const { name, check } of checked) row[name] = check(values[name]);
    return row;
  };
}

/** What a row contributes to totals: values of the dimensions that are the contribution's own, then its sums. Arrays, because there are many. */
export type Part = readonly unknown[];

/** Checks contributions; a sum that is not given is 0. @throws TypeError naming the column whose value does not fit. */
export function partChecker(each: Columns, sums: Columns): (part: Row) => Part {
  const dimensions = each.map(column => ({ name: column[0], check: valueChecker(column) }));
  const figures = sums.map(column => ({ name: column[0], check: valueChecker(column) }));
  const length = dimensions.length + figures.length;
  return values => {
    // Of the size that it will have: growing costs a third more memory, and there is one for each step of each row.
    const part = new Array<unknown>(length);
    let index = 0;
    for (const { name, check } of dimensions) part[index++] = check(values[name]);
    for (const { name, check } of figures) {
      const value = values[name] ?? 0;
      part[index++] = Number.isSafeInteger(value) ? value : check(value);
    }
    return part;
  };
}

/** Whether two JSON values are stored alike: properties that are undefined don't count. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [one as Row, other as Row];
  for (const name in left) if (!sameValue(left[name], right[name])) return false;
  for (const name in right) if (left[name] === undefined && right[name] !== undefined) return false;
  return true;
}
