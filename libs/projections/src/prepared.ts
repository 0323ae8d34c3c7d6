import type pg from 'pg';

const names = new Map<string, string>();

/**
 * A statement that each connection parses and plans once: for the small pages of a projection that is up to date, that takes longer
 * than the statement itself. Schemas may change places behind it, for Postgres plans anew whenever one is renamed.
 */
export function prepared(text: string, values: readonly unknown[]): pg.QueryConfig {
  const name = names.get(text) ?? `projections-${names.size}`;
  names.set(text, name);
  return { name, text, values: [...values] };
}
