import type { RecordedEvent } from '#event-sourcing/event.js';
import { Refusal } from '#event-sourcing/refusal.js';
import { derivedId } from '../execution/command-ids.js';
import type { Executor } from '../execution/executor.js';
import type { Policy } from './policy.js';

/** Where refusals go; a pino logger is one. */
export interface PolicyLog {
  warn(details: object, message: string): void;
}

/**
 * Does what follows from one event. The commands' ids are derived from the event, so that running it again has no second effect.
 * A refused command is logged and the next one tried: nobody is there who could correct it.
 * @throws whatever is worth another try, CONFLICT among it: the caller comes back to the event later.
 */
export async function runPolicy(
  policy: Policy,
  event: RecordedEvent,
  executor: Executor,
  log: PolicyLog,
): Promise<void> {
  const sender = {
    actor: { id: `policy:${policy.name}`, role: 'system' },
    causationId: event.id,
    correlationId: event.metadata.$correlationId,
  };
  const consequences = policy.commands(event as Parameters<Policy['commands']>[0]);
  for (const [index, { command, input }] of consequences.entries()) {
    const commandId = derivedId(policy.name, event.id, String(index));
    try {
      await executor.send(command, { ...input, commandId }, sender);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === 'CONFLICT') throw error;
      const { code, message } = error;
      log.warn({ policy: policy.name, event: event.id, command: command.name, code }, message);
    }
  }
}
