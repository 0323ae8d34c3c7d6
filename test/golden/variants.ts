import { readFileSync } from 'node:fs';
import type { RecordedEvent } from '#event-sourcing/event.js';

/** The fields of each event by type, and whether an event always has them: as the generated catalogue says. */
function catalogue(): Map<string, Map<string, boolean>> {
  const text = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
  const types = new Map<string, Map<string, boolean>>();
  let fields = new Map<string, boolean>();
  for (const line of text.split('\n')) {
    const type = /^### (\w+)/.exec(line)?.[1];
    if (type) {
      fields = new Map();
      types.set(type, fields);
    }
    const field = /^\| `(\w+)` \| (yes)? *\|/.exec(line);
    if (field) fields.set(field[1]!, field[2] === 'yes');
  }
  return types;
}

/** What the events hold no example of: a type, an optional field, or an event without that field. */
export function missingVariants(events: readonly RecordedEvent[]): string[] {
  return [...catalogue()].flatMap(([type, fields]) => {
    const found = events.filter(event => event.type === type);
    if (found.length === 0) return [type];
    return [...fields].flatMap(([field, always]) => {
      const holders = found.filter(({ data }) => (data as Record<string, unknown>)[field] !== undefined).length;
      if (holders === 0) return [`${type} with ${field}`];
      return always || holders < found.length ? [] : [`${type} without ${field}`];
    });
  });
}
