import { type RawBuilder, sql } from 'kysely';

/**
 * All values of a column in one array: many thousands of lines travel in half of the time if they are fetched by column. All
 * such arrays of one query have the lines in the same order; without lines they are empty.
 */
export const columnOf = <Value>(name: string): RawBuilder<Value[]> =>
  sql<Value[]>`coalesce(json_agg(${sql.ref(name)}), '[]')`;
