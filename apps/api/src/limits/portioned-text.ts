import type { Turns } from './turns.js';

/** Entries of a list that are written in one go: about a millisecond of work. */
const PORTION = 200;

/** The JSON of an answer. Long lists are written in portions, as they are answered: the text of a large answer takes milliseconds. */
export async function textOf(answer: unknown, turns: Turns): Promise<string> {
  if (!holdsLongList(answer)) return JSON.stringify(answer);
  if (!Array.isArray(answer)) {
    const fields: string[] = [];
    for (const [name, value] of Object.entries(answer as object))
      if (value !== undefined) fields.push(`${JSON.stringify(name)}:${await textOf(value, turns)}`);
    return `{${fields.join()}}`;
  }
  const portions: string[] = [];
  for (let from = 0; from < answer.length; from += PORTION) {
    await turns.next();
    portions.push(JSON.stringify(answer.slice(from, from + PORTION)).slice(1, -1));
  }
  return `[${portions.join()}]`;
}

/** As an entry of another list it is written at once with the others of its portion. */
function holdsLongList(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? value.length > PORTION : Object.values(value).some(holdsLongList);
}
