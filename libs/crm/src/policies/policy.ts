import type { RecordedEvent } from '#event-sourcing/event.js';
import type { Envelope } from '#platform/graphql/command.js';
import type { CrmEvents } from '../events.js';

/** A command that follows from an event. Its id is derived when it is sent, so `input` has none. */
export interface Consequence {
  readonly command: new () => Envelope;
  readonly input: object;
}

/** When this happened, do that: a pure function from an event to commands. */
export interface Policy<Type extends keyof CrmEvents = keyof CrmEvents> {
  /** Stands in the history as the one who acted, and in the ids of its commands: never rename. */
  readonly name: string;
  readonly types: readonly Type[];
  // A method, because a list holds policies of different events.
  commands(event: RecordedEvent<Type, CrmEvents[Type]>): readonly Consequence[];
}

/** A consequence whose input the compiler checks against the command. */
export function order<Command extends Envelope>(
  command: new () => Command,
  input: Omit<Command, 'commandId' | 'sender'>,
): Consequence {
  return { command, input };
}
