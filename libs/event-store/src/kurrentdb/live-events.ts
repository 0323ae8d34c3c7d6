import {
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  excludeSystemEvents,
  type KurrentDBClient,
} from '@kurrent/kurrentdb-client';
import type { Position, RecordedEvent } from '#event-sourcing/event.js';
import { logPosition } from './all-filter.js';
import { ANSWER_TIMEOUT, NoAnswer, SubscriptionEnded } from './answered.js';
import { fromStored } from './stored-event.js';

/** What waits in memory for a slow reader; then the server has to wait, and in the end drops us. */
const BUFFERED = 128;

/** Up to `limit` events that have arrived already. */
function arrived(subscription: AllStreamSubscription, limit: number): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  while (events.length < limit) {
    const resolved: AllStreamResolvedEvent | null = subscription.read();
    if (!resolved) break;
    events.push(fromStored(resolved));
  }
  return events;
}

/**
 * All events behind `after` as they come, several together when they come faster than they are read; never an empty list.
 *
 * Types are not filtered here but by the reader: a server-side filter reports progress only every 32 events and more, so
 * a reader of rare types would not learn for hours that it has seen the log's head.
 *
 * @throws what the server or the network says when the subscription ends, so that it never ends unnoticed.
 */
export async function* liveEvents(
  client: KurrentDBClient,
  after: Position,
  pageSize: number,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent[], void> {
  const subscription = client.subscribeToAll(
    { fromPosition: logPosition(after), filter: excludeSystemEvents(), requiresLeader: true },
    { highWaterMark: BUFFERED },
  );
  let failure: unknown;
  let wake: () => void = () => undefined;
  const fail = (reason: unknown) => {
    failure ??= reason;
    wake();
  };
  const unconfirmed = setTimeout(() => fail(new NoAnswer(ANSWER_TIMEOUT)), ANSWER_TIMEOUT);
  const aborted = () => wake();
  // The listener stays until the end: the subscription emits errors also after it was cancelled.
  subscription.on('error', fail);
  subscription.on('close', () => fail(new SubscriptionEnded('The event store ended the subscription.')));
  subscription.on('confirmation', () => clearTimeout(unconfirmed));
  subscription.on('readable', () => wake());
  signal.addEventListener('abort', aborted);
  try {
    while (!signal.aborted) {
      const woken = new Promise<void>(resolve => {
        wake = resolve;
      });
      const events = arrived(subscription, pageSize);
      if (events.length > 0) yield events;
      else if (failure) throw failure;
      else await woken;
    }
  } finally {
    clearTimeout(unconfirmed);
    signal.removeEventListener('abort', aborted);
    // Not awaited: without a connection it waits for one.
    subscription.unsubscribe().catch(() => undefined);
  }
}
