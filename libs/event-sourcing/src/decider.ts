import { isDeepStrictEqual } from 'node:util';
import type { Actor, Day, EventOf, Instant, RecordedEvent } from './event.js';
import type { EventMap } from './json.js';
import { Contradiction } from './refusal.js';

/** A command's class: its fields are the decider's input. */
export type CommandClass<Command = object> = new () => Command;

/** To whom a record belongs: the employee in charge, and the customer that it is about. */
export interface Belonging {
  readonly ownerId?: string | null;
  readonly customerId?: string | null;
}

/** What a decision may depend on besides command and state; time and identity are inputs. */
export interface DecisionContext<Related = Record<never, never>> {
  /** The id of the aggregate that decides. */
  readonly id: string;
  readonly actor: Actor;
  /** When it happened in the business, and the business day of it. */
  readonly occurredAt: Instant;
  readonly occurredOn: Day;
  readonly reason?: string;
  /** Public facts of the aggregates that the command refers to, by the name of the referring field. They exist: `execute` has checked. */
  readonly related: Partial<Related>;
}

/**
 * One aggregate: a command without a decision, an event without a fold, or event data that is not JSON does not compile.
 *
 * `Related` says what is known of other aggregates by the field that refers to them: `{ pipelineId: PipelineFacts }`.
 */
export interface Decider<
  State,
  Events extends EventMap<Events>,
  Commands extends { [Name in keyof Commands]: CommandClass },
  Related = Record<never, never>,
> {
  /** The category of its streams: `lead` for `lead-<id>`. A command names the aggregate in the field `leadId`. */
  readonly stream: string;
  readonly commands: Commands;
  readonly initial: State;
  readonly decide: {
    readonly [Name in keyof Commands]: (
      command: Readonly<InstanceType<Commands[Name]>>,
      state: State,
      context: DecisionContext<Related>,
    ) => readonly EventOf<Events>[];
  };
  readonly evolve: {
    readonly [Type in keyof Events]: (
      state: State,
      data: Events[Type],
      event: Pick<RecordedEvent, 'metadata' | 'recordedAt'>,
    ) => State;
  };
  /** Values that no other aggregate of this kind may hold, by name; held as long as the state says so. */
  readonly unique?: (state: State) => { readonly [name: string]: string | undefined };
  /** What other aggregates may know about this one. */
  readonly facts?: (state: State) => unknown;
  /** Whose it is; nobody's in particular without it. Only those who reach the owner or the customer may do something with it. */
  readonly belongsTo?: (state: State) => Belonging;
}

/** Any decider, where only its shape matters (registration, execution). */
// biome-ignore lint/suspicious/noExplicitAny: a decider's parameters are contravariant, so no concrete type stands for all of them.
export type AnyDecider = Decider<any, any, any, any>;

/** The state after `events`. An event of a type that this version does not know is a bug in the log or a missing upcaster. */
export function fold<State>(
  decider: Pick<AnyDecider, 'evolve' | 'stream'>,
  state: State,
  events: Iterable<Pick<RecordedEvent, 'type' | 'data' | 'metadata' | 'recordedAt'>>,
): State {
  let current = state;
  for (const event of events) {
    const evolve = decider.evolve[event.type];
    if (!evolve) throw new Error(`The ${decider.stream} decider has no fold for ${event.type}.`);
    current = evolve(current, event.data, event);
  }
  return current;
}

type Facts = Record<string, unknown>;

/**
 * For a command that creates: the event the first time, nothing when the same facts are stated again.
 * @throws Refusal ALREADY_EXISTS naming the first field that differs from what was stated before.
 */
export function once<Type extends string, Data extends object>(
  before: Data | undefined,
  event: { readonly type: Type; readonly data: Data },
): { readonly type: Type; readonly data: Data }[] {
  if (!before) return [event];
  const [stated, known] = JSON.parse(JSON.stringify([event.data, before])) as [Data & Facts, Data & Facts];
  const differing = [...Object.keys(stated), ...Object.keys(known)].filter(
    key => !isDeepStrictEqual(stated[key], known[key]),
  );
  if (differing.length === 0) return [];
  throw new Contradiction(Object.fromEntries(differing.map(key => [key, JSON.stringify(known[key]) ?? 'nothing'])));
}
