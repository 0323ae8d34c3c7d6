import { aggregates } from '#crm/aggregates.js';
import { Executor, type Receipt } from '#crm/execution/executor.js';
import type { AnyDecider } from '#event-sourcing/decider.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Envelope } from '#platform/graphql/command.js';

type Send = <Command extends Envelope>(
  type: new () => Command,
  input: object,
  correlationId?: string,
) => Promise<Receipt>;

/** The write side of one process, on a log that others may write to as well. */
export function crmOn(store: EventStore, deciders: readonly AnyDecider[] = aggregates): { readonly send: Send } {
  const clock = () => new Date().toISOString();
  const executor = new Executor({ store, aggregates: deciders, timeZone: 'Asia/Shanghai', clock });
  const actor = { id: 'tester', role: 'administrator' };
  return { send: (type, input, correlationId) => executor.send(type, input, { actor, correlationId }) };
}

/** Runs trials 0 to `count` - 1, so many of them at a time. */
export async function sideBySide<T>(count: number, width: number, trial: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const n = next++;
      results[n] = await trial(n);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
