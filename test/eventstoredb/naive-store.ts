import { type JSONType, jsonEvent } from '@kurrent/kurrentdb-client';
import type { EventStore } from '#event-sourcing/event-store.js';
import { answered, NoAnswer } from '#event-store/kurrentdb/answered.js';
import { Connection } from '#event-store/kurrentdb/connection.js';
import { openKurrentdbStore } from '#event-store/kurrentdb/kurrentdb-event-store.js';
import { liveEvents } from '#event-store/kurrentdb/live-events.js';

const PATIENCE_MS = 1_000;

/**
 * A control: writes what got no answer again without an expected revision and without an id of its own, and subscribes again
 * where the log ends then. All else is the product's.
 */
export function openNaiveStore(url: string): EventStore {
  const store = openKurrentdbStore(url);
  const connection = new Connection(url, new AbortController().signal);
  const giveUp = () => connection.replaceIfStuck(connection.client, new NoAnswer(0));
  const naive = Object.create(store) as EventStore;
  naive.append = async (stream, _, events) => {
    const anew = events.map(({ type, data, metadata, recordedAt }) =>
      jsonEvent({ type, data: data as JSONType, metadata: { ...metadata, recordedAt } }),
    );
    try {
      const appending = connection.client.appendToStream(stream, anew, { requiresLeader: true });
      const { nextExpectedRevision: revision, position } = await answered(appending, { timeout: PATIENCE_MS });
      return { revision, position: position!.commit };
    } catch (error) {
      giveUp();
      throw error;
    }
  };
  naive.follow = async function* ({ signal = new AbortController().signal }) {
    let after = 0n;
    while (!signal.aborted) {
      try {
        for await (const events of liveEvents(connection.client, after, 20, signal))
          yield { events, upTo: events.at(-1)!.position };
      } catch {
        giveUp();
        after = await store.head().catch(() => after);
      }
    }
  };
  naive.close = async () => {
    await connection.close();
    await store.close();
  };
  return naive;
}
