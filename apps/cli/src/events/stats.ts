import type { EventStore } from '#event-sourcing/event-store.js';
import { asTable } from '../table.js';

interface Count {
  events: number;
  streams: number;
  first: string;
  last: string;
}

/** What is in the log: how many events and streams, by type and by kind of stream, and from when to when they were recorded. */
export async function statsOf(store: EventStore): Promise<string> {
  const total = new Map<string, Count>();
  const [types, kinds] = [new Map<string, Count>(), new Map<string, Count>()];
  for await (const { events } of store.readAll())
    for (const { type, stream, revision, recordedAt } of events) {
      // Each stream has one first event, so streams are counted without remembering their names.
      const begins = revision === 0n ? 1 : 0;
      count(total, 'all', begins, recordedAt);
      count(types, type, begins, recordedAt);
      count(kinds, stream.split('-')[0]!, begins, recordedAt);
    }
  const all = total.get('all');
  if (!all) return 'The log is empty.\n';
  const head = await store.head();
  return `${all.events} events in ${all.streams} streams, recorded from ${all.first} to ${all.last}; head at ${head}.

${asTable(
  ['type', 'events', 'first', 'last'],
  sorted(types).map(([name, { events, first, last }]) => [name, events, first, last]),
)}
${asTable(
  ['kind of stream', 'streams', 'events'],
  sorted(kinds).map(([name, { events, streams }]) => [name, streams, events]),
)}`;
}

function count(counts: Map<string, Count>, name: string, streams: number, recordedAt: string): void {
  const known = counts.get(name);
  if (!known) counts.set(name, { events: 1, streams, first: recordedAt, last: recordedAt });
  else {
    known.events++;
    known.streams += streams;
    // Instants in UTC compare as texts.
    if (recordedAt < known.first) known.first = recordedAt;
    if (recordedAt > known.last) known.last = recordedAt;
  }
}

const sorted = (counts: ReadonlyMap<string, Count>) =>
  [...counts].sort(([, one], [, other]) => other.events - one.events);
