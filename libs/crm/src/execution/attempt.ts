import { randomUUID } from 'node:crypto';
import { businessDay } from '#event-sourcing/business-time.js';
import type { AnyDecider, DecisionContext } from '#event-sourcing/decider.js';
import type { Instant } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { type CommandDefinition, commandDefinition, type Envelope } from '#platform/graphql/command.js';
import { Authorization, type WhoseCustomer } from './authorization.js';
import { derivedId } from './command-ids.js';

type AnyCommand = Envelope & Record<string, unknown>;

/** One command that is allowed in principle, and which record it is about. */
export interface Attempt {
  readonly decider: AnyDecider;
  readonly id: string;
  readonly stream: string;
  readonly command: AnyCommand;
  readonly definition: CommandDefinition;
  readonly authorization: Authorization;
  readonly now: Instant;
  /** All that the decision may depend on, but for what is known of other records. */
  readonly context: Omit<DecisionContext, 'related'>;
}

/** What an attempt has of its surroundings. */
interface Surroundings {
  readonly now: Instant;
  readonly timeZone: string;
  readonly whoseCustomer: WhoseCustomer;
}

const FUTURE_TOLERANCE_MS = 60_000;

/** @throws Refusal FORBIDDEN or IN_THE_FUTURE, before anything was read. */
export function attemptOf(
  decider: AnyDecider,
  sent: Envelope,
  { now, timeZone, whoseCustomer }: Surroundings,
): Attempt {
  const definition = commandDefinition(sent.constructor);
  const authorization = new Authorization(sent.sender, definition.allow, whoseCustomer);
  authorization.demandReadable(sent, decider, definition);
  const command = authorization.owned(sent, definition) as AnyCommand;
  const { occurredAt = now, reason, sender } = command;
  if (command.occurredAt) demandPast(occurredAt, now);
  const id = idOf(decider, command, definition);
  const context = { id, actor: sender.actor, occurredAt, occurredOn: businessDay(occurredAt, timeZone), reason };
  return { decider, id, stream: `${decider.stream}-${id}`, command, definition, authorization, now, context };
}

function demandPast(occurredAt: Instant, now: Instant): void {
  if (Date.parse(occurredAt) <= Date.parse(now) + FUTURE_TOLERANCE_MS) return;
  throw refuse('IN_THE_FUTURE', `${occurredAt} has not come yet.`, { field: 'occurredAt', allowed: `up to ${now}` });
}

function idOf(decider: AnyDecider, command: AnyCommand, { newId }: CommandDefinition): string {
  const given = command[newId ?? `${decider.stream}Id`];
  if (typeof given === 'string') return given;
  if (!newId) throw new Error(`${command.constructor.name} has no field ${decider.stream}Id.`);
  return command.commandId ? derivedId(command.commandId, newId) : randomUUID();
}
