import { type RawBuilder, sql } from 'kysely';

/**
 * All values of a column in one array: many thousands of lines travel in half of the time if they are fetched by column. All
 * such arrays of one query have the lines in the same order; without lines they are empty.
 */
export const columnOf = <Value>(name: string): RawBuilder<Value[]> =>
  sql<Value[]>`coalesce(json_agg(${sql.ref(name)}), '[]')`;

/** The same of whole numbers that are never missing, for millions of them: `numbersIn` reads what it selects. */
export const numbersOf = (name: string): RawBuilder<string> =>
  sql<string>`coalesce(array_agg(${sql.ref(name)}), '{}')::text`;

/** `{1,2,3}`, as Postgres writes an array of numbers, in a third of the time of its JSON. */
export const numbersIn = (array: string): Float64Array =>
  Float64Array.from(JSON.parse(`[${array.slice(1, -1)}]`) as number[]);

/** The lines whose columns these are. */
export function linesIn<Columns extends { readonly [name: string]: readonly unknown[] }>(
  columns: Columns,
): { [Name in keyof Columns]: Columns[Name][number] }[] {
  const [first, ...others] = Object.entries(columns);
  const lines = first![1].map(value => ({ [first![0]]: value }));
  for (const [name, values] of others) for (const [place, line] of lines.entries()) line[name] = values[place];
  return lines as { [Name in keyof Columns]: Columns[Name][number] }[];
}
