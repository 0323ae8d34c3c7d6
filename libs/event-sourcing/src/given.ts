import { isDeepStrictEqual } from 'node:util';
import { type AnyDecider, type Decider, type DecisionContext, fold } from './decider.js';
import type { EventOf } from './event.js';
import type { EventMap } from './json.js';
import { Refusal } from './refusal.js';

const context: DecisionContext = {
  id: 'test',
  actor: { id: 'tester', role: 'administrator' },
  occurredAt: '2026-03-02T02:00:00.000Z',
  occurredOn: '2026-03-02',
  related: {},
};

const asStored = (events: readonly { type: string; data: unknown }[]) =>
  events.map(({ type, data }) => ({
    type,
    data: JSON.parse(JSON.stringify(data)),
    metadata: {
      $correlationId: 'test',
      $causationId: 'test',
      actor: context.actor,
      occurredAt: context.occurredAt,
      schemaVersion: 1,
    },
    recordedAt: context.occurredAt,
  }));

/**
 * Decider tests that read as the specification:
 * `given(lead, captured).when('QualifyLead', { leadId, score: 80 }).then(qualified)`.
 * Events pass through JSON on both sides, as they would through the store.
 */
export function given<
  State,
  Events extends EventMap<Events>,
  Commands extends { [Name in keyof Commands]: new () => object },
  Related,
>(decider: Decider<State, Events, Commands, Related>, ...history: readonly EventOf<Events>[]) {
  return {
    when<Name extends keyof Commands & string>(
      name: Name,
      /** Without its sender: who acts is part of the circumstances. */
      command: Omit<InstanceType<Commands[Name]>, 'sender'>,
      circumstances: Partial<DecisionContext<Related>> = {},
    ) {
      const state = fold(decider as AnyDecider, decider.initial, asStored(history));
      const decide = () =>
        decider.decide[name](command as InstanceType<Commands[Name]>, state, {
          ...context,
          ...circumstances,
        } as DecisionContext<Related>);
      return {
        /** Exactly these events in this order; none given: nothing happens. */
        // biome-ignore lint/suspicious/noThenProperty: nobody awaits it, and the specification reads given/when/then.
        then(...expected: readonly EventOf<Events>[]) {
          const [actual, wanted] = [asStored(decide()), asStored(expected)];
          if (!isDeepStrictEqual(actual, wanted))
            throw new Error(
              `Expected ${JSON.stringify(expected, null, 2)}\nbut got ${JSON.stringify(decide(), null, 2)}`,
            );
        },
        /** Refused with this code, and with nothing else. */
        thenRefused(code: string) {
          let events: unknown;
          try {
            events = decide();
          } catch (error) {
            if (error instanceof Refusal && error.code === code) return;
            throw error;
          }
          throw new Error(`Expected the refusal ${code}, but got ${JSON.stringify(events, null, 2)}`);
        },
      };
    },
  };
}
