import { projectionNamed } from '#apps/system/src/named-projections.js';
import type { System } from '#apps/system/src/system.js';
import { type Differences, differencesOf } from '#projections/differences.js';
import type { TableDifference } from '#projections/differing-lines.js';

/** Prints which figures differ, by how much, with examples; `false` when some do. */
export async function diff({ store, database, log }: System, name: string, examples: number): Promise<boolean> {
  const found = await differencesOf({ store, database, log, examples, projection: projectionNamed(name) });
  process.stdout.write(described(name, found));
  return found.tables.length === 0;
}

export function described(name: string, { live, candidate, tables }: Differences): string {
  const which = candidate.slot === 'next' ? 'rebuilt' : 'previous';
  const head = `${name}: live version ${live.version} at ${live.position}, ${which} version ${candidate.version} at ${candidate.position}.\n`;
  const apart =
    live.position === candidate.position
      ? ''
      : 'They have not seen the same events: what lies between counts as a difference.\n';
  return `${head}${apart}${tables.map(ofTable).join('') || 'No figure differs.\n'}`;
}

function ofTable({ table, lines, figures, examples }: TableDifference): string {
  if (!lines) return `${table}: defined otherwise, cannot be compared.\n`;
  const { changed, onlyLive, onlyCandidate } = lines;
  const summed = figures.map(
    ({ name, live, candidate }) =>
      `  ${name}: ${live} → ${candidate} (${candidate < live ? '' : '+'}${candidate - live})\n`,
  );
  return `${table}: ${changed} lines changed, ${onlyCandidate} new, ${onlyLive} gone\n${summed.join('')}${examples.map(ofLine).join('')}`;
}

/** A column per line, of a line that both have. */
function ofLine({ key, live, candidate }: TableDifference['examples'][number]): string {
  const head = `  e.g. ${JSON.stringify(key)}\n`;
  if (!isLine(live) || !isLine(candidate)) return `${head}    ${text(live)} → ${text(candidate)}\n`;
  const columns = Object.keys(live).map(name => `    ${name}: ${text(live[name])} → ${text(candidate[name])}\n`);
  return `${head}${columns.join('')}`;
}

const isLine = (says: unknown): says is Readonly<Record<string, unknown>> =>
  typeof says === 'object' && says !== null && !Array.isArray(says);

const text = (value: unknown): string => (value === null ? '–' : JSON.stringify(value));
