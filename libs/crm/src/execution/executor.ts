import { randomUUID } from 'node:crypto';
import { businessDay } from '#event-sourcing/business-time.js';
import { type AnyDecider, type Belonging, type DecisionContext, fold } from '#event-sourcing/decider.js';
import type { EventMetadata, EventOf, Instant, NewEvent, Position } from '#event-sourcing/event.js';
import { type EventStore, WrongExpectedRevision } from '#event-sourcing/event-store.js';
import { Refusal, refuse } from '#event-sourcing/refusal.js';
import { type CommandDefinition, commandDefinition, type Envelope, type Sender } from '#platform/graphql/command.js';
import { commandFrom } from '#platform/graphql/validate.js';
import { type Access, Authorization } from './authorization.js';
import { derivedId, eventId } from './command-ids.js';
import { type Claim, type Fingerprint, Reservations, sameClaim } from './reservations.js';
import { initialState, type StreamState, StreamStates, withCommand } from './stream-states.js';

/** The answer to a command: which aggregate, and where it stands now. */
export interface Receipt {
  readonly id: string;
  readonly revision: bigint;
  readonly position: Position;
  /** False when the command had been done before. */
  readonly changed: boolean;
}

export interface ExecutorOptions {
  readonly store: EventStore;
  readonly aggregates: readonly AnyDecider[];
  readonly timeZone: string;
  /** The only source of time. */
  readonly clock: () => Instant;
  /** The trace that the running command belongs to, for the metadata of its events. */
  readonly traceparent?: () => string | undefined;
  /** What names the reservations of unique values. A keyed one, where values may not be tried out by who can read the log. */
  readonly fingerprint?: Fingerprint;
  /** How many aggregates to remember; about 1 KiB each. */
  readonly remembered?: number;
}

type AnyCommand = Envelope & Record<string, unknown>;

interface Attempt {
  readonly decider: AnyDecider;
  readonly id: string;
  readonly stream: string;
  readonly command: AnyCommand;
  readonly definition: CommandDefinition;
  readonly authorization: Authorization;
  readonly now: Instant;
  /** By `performance.now()`: what was read since then is fresh. */
  readonly began: number;
  readonly context: DecisionContext;
}

const ATTEMPTS = 8;
/** No append guards what a command is told of other aggregates, so what another process did to them may be missed for so long only. */
const FACTS_AGE_MS = 1_000;
const FUTURE_TOLERANCE_MS = 60_000;
const SCHEMA_VERSION = 1;

/** The one way in which a command becomes events: authorize → load → fold → decide → append at the revision that was read. */
export class Executor {
  private readonly states: StreamStates;
  private readonly reservations: Reservations;
  private readonly byStream: ReadonlyMap<string, AnyDecider>;
  private readonly byCommand: ReadonlyMap<unknown, AnyDecider>;

  constructor(private readonly options: ExecutorOptions) {
    this.states = new StreamStates(options.store, options.remembered ?? 20_000);
    this.byStream = new Map(options.aggregates.map(decider => [decider.stream, decider]));
    this.byCommand = new Map(
      options.aggregates.flatMap(decider => Object.values(decider.commands).map(command => [command, decider])),
    );
    this.reservations = new Reservations(
      options.store,
      (owner, claim) => this.holds(owner, claim),
      options.fingerprint,
    );
  }

  /**
   * Checks plain input and executes it: the way in for imports, policies and the demo; GraphQL comes over the bus.
   * @throws Refusal BAD_USER_INPUT, or as `execute` does.
   */
  async send<Command extends Envelope>(type: new () => Command, input: object, sender: Sender): Promise<Receipt> {
    return this.execute(commandFrom(type, input, sender));
  }

  /** @throws Refusal when the command may not happen; nothing is changed then. */
  async execute(command: Envelope): Promise<Receipt> {
    const decider = this.byCommand.get(command.constructor);
    if (!decider) throw new Error(`No aggregate has the command ${command.constructor.name}.`);
    let attempt = await this.prepare(decider, command as AnyCommand);
    let state = this.baseline(attempt) ?? (await this.states.refresh(decider, attempt.stream));
    for (let count = 1; ; count++) {
      const receipt = await this.decideAndAppend(attempt, state, count > 1);
      if (receipt) return receipt;
      if (count === ATTEMPTS) throw refuse('CONFLICT', 'Others are changing the same record. Try again.');
      state = await this.states.refresh(decider, attempt.stream);
      attempt = await this.withFreshFacts(attempt);
    }
  }

  /** Forgets the states of all aggregates; somebody was erased, and they would still tell. */
  forget(): void {
    this.states.forget();
  }

  private async prepare(decider: AnyDecider, sent: AnyCommand): Promise<Attempt> {
    const definition = commandDefinition(sent.constructor);
    const authorization = new Authorization(sent.sender, definition.allow, id => this.whoseCustomer(id));
    const command = authorization.owned(sent, definition);
    const [now, began] = [this.options.clock(), performance.now()];
    const occurredAt = command.occurredAt ?? now;
    if (Date.parse(occurredAt) > Date.parse(now) + FUTURE_TOLERANCE_MS)
      throw refuse('IN_THE_FUTURE', `${occurredAt} has not come yet.`, {
        field: 'occurredAt',
        allowed: `up to ${now}`,
      });
    const id = idOf(decider, command, definition);
    const context = {
      id,
      actor: command.sender.actor,
      occurredAt,
      occurredOn: businessDay(occurredAt, this.options.timeZone),
      reason: command.reason,
      related: await this.related(authorization, definition, command, began - FACTS_AGE_MS),
    };
    const stream = `${decider.stream}-${id}`;
    return { decider, id, stream, command, definition, authorization, now, began, context };
  }

  /**
   * Where the first attempt starts. A stream with a new id is taken to be empty: creating costs one append and no read, and if it
   * is not empty after all, the append says so.
   */
  private baseline({ decider, stream, definition, command }: Attempt): StreamState | undefined {
    const startsEmpty = definition.newId && !command.commandId;
    return this.states.recall(stream) ?? (startsEmpty ? initialState(decider) : undefined);
  }

  private async withFreshFacts(attempt: Attempt): Promise<Attempt> {
    const { authorization, definition, command, began } = attempt;
    const related = await this.related(authorization, definition, command, began);
    return { ...attempt, context: { ...attempt.context, related } };
  }

  /** The receipt, or nothing if it has to be tried again on fresh knowledge. What may be stale neither refuses nor finds a command done. */
  private async decideAndAppend(attempt: Attempt, before: StreamState, fresh: boolean): Promise<Receipt | undefined> {
    const { id, command, decider, authorization } = attempt;
    const access = before.revision === 'noStream' ? 'allowed' : await authorization.to(decider, before.state);
    const done = command.commandId && before.commands.get(command.commandId);
    // The answer to a command is for whoever sent it, also after a handover, and for those who may command the record anyway.
    if (done && (access === 'allowed' || done.actor.id === command.sender.actor.id))
      return { id, revision: done.revision, position: done.position, changed: false };
    const decided = this.decide(attempt, before, access, fresh);
    if (!decided) return undefined;
    if (decided.length === 0) {
      if (!fresh) return undefined;
      return { id, revision: before.revision as bigint, position: before.position, changed: false };
    }
    return this.append(attempt, before, decided, fresh);
  }

  private decide(
    attempt: Attempt,
    { state, revision }: StreamState,
    access: Access,
    fresh: boolean,
  ): readonly EventOf<never>[] | undefined {
    const { decider, definition, authorization, command, id, context } = attempt;
    try {
      if (revision === 'noStream' && !definition.newId) throw notFound(decider.stream, id, `${decider.stream}Id`);
      if (access === 'hidden') throw hidden(attempt);
      if (access === 'seen') throw authorization.outOfReach();
      return decider.decide[command.constructor.name]!(command, state, context) as readonly EventOf<never>[];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!fresh) return undefined;
      throw authorization.told(error, decider);
    }
  }

  private async append(
    attempt: Attempt,
    before: StreamState,
    decided: readonly { type: string; data: unknown }[],
    fresh: boolean,
  ): Promise<Receipt | undefined> {
    const { decider, id, stream, command, authorization, now } = attempt;
    const metadata = this.metadata(attempt);
    const events: NewEvent[] = decided.map(({ type, data }, index) => ({
      id: eventId(command.commandId, stream, index),
      type,
      data: JSON.parse(JSON.stringify(data)),
      metadata,
      recordedAt: now,
    }));
    const state = fold(decider, before.state, events);
    if (before.revision === 'noStream' && !authorization.mayCreate(decider, state)) {
      if (!fresh) return undefined;
      throw authorization.outOfReach();
    }
    const claims = claimsOf(decider, before.state, state);
    // A record that is only taken to be new may hold its values already, and would reserve them at every repetition.
    if (claims.length > 0 && before.revision === 'noStream' && !fresh) return undefined;
    for (const claim of claims) await this.reservations.claim(claim, id, { metadata, recordedAt: now });
    try {
      const appended = await this.options.store.append(stream, before.revision, events);
      const commands = withCommand(before.commands, command.commandId, { ...appended, actor: command.sender.actor });
      this.states.remember(stream, { state, ...appended, commands });
      return { id, ...appended, changed: true };
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return undefined;
      throw error;
    }
  }

  private metadata({ command, context, now, stream }: Attempt): EventMetadata {
    const { commandId, sender } = command;
    const traceparent = this.options.traceparent?.();
    const causationId = sender.causationId ?? (commandId ? derivedId(commandId, stream) : randomUUID());
    return {
      $correlationId: sender.correlationId ?? causationId,
      $causationId: causationId,
      ...(commandId && { commandId }),
      actor: sender.actor,
      ...(sender.onBehalfOf && { onBehalfOf: sender.onBehalfOf }),
      ...(command.reason && { reason: command.reason }),
      occurredAt: command.occurredAt ? context.occurredAt : now,
      schemaVersion: SCHEMA_VERSION,
      ...(traceparent && { traceparent }),
    };
  }

  private async holds(owner: string, { kind, name, value }: Claim): Promise<boolean> {
    const decider = this.byStream.get(kind)!;
    const { state } = await this.states.refresh(decider, `${kind}-${owner}`);
    const held = decider.unique?.(state)[name];
    return held !== undefined && sameClaim({ kind, name, value: held }, { kind, name, value });
  }

  /** Always read from the log: what an earlier owner of a customer may do must not outlive the handover in a cache. */
  private async whoseCustomer(customerId: string): Promise<Belonging | undefined> {
    const decider = this.byStream.get('customer');
    if (!decider) return undefined;
    const { state, revision } = await this.states.refresh(decider, `customer-${customerId}`);
    return revision === 'noStream' ? undefined : decider.belongsTo?.(state);
  }

  private async related(
    authorization: Authorization,
    { references }: CommandDefinition,
    command: AnyCommand,
    since: number,
  ): Promise<Record<string, unknown>> {
    const facts: Record<string, unknown> = {};
    for (const [field, { stream: kind, default: otherwise }] of references) {
      const id = command[field] ?? otherwise;
      if (typeof id !== 'string') continue;
      const decider = this.byStream.get(kind)!;
      const stream = `${kind}-${id}`;
      const visible = ({ state }: StreamState) => authorization.sees(decider, state);
      let found = await this.states.asOf(since, decider, stream);
      if (found.revision === 'noStream') throw notFound(kind, id, field);
      if (!(await visible(found))) found = await this.states.refresh(decider, stream); // it may have been handed over elsewhere
      if (!(await visible(found))) throw notFound(kind, id, field);
      facts[field] = decider.facts?.(found.state);
    }
    return facts;
  }
}

function idOf(decider: AnyDecider, command: AnyCommand, { newId }: CommandDefinition): string {
  const given = command[newId ?? `${decider.stream}Id`];
  if (typeof given === 'string') return given;
  if (!newId) throw new Error(`${command.constructor.name} has no field ${decider.stream}Id.`);
  return command.commandId ? derivedId(command.commandId, newId) : randomUUID();
}

/** The unique values that the record has after its events and had not before. */
function claimsOf({ stream: kind, unique }: AnyDecider, before: unknown, after: unknown): Claim[] {
  if (!unique) return [];
  const [held, wanted] = [unique(before), unique(after)];
  return Object.entries(wanted).flatMap(([name, value]) =>
    value && held[name] !== value ? [{ kind, name, value }] : [],
  );
}

/** To whoever does not reach a record, it looks like one that is not there; only that its id is taken cannot be kept from a creator. */
function hidden({ decider: { stream: kind }, id, definition }: Attempt): Refusal {
  const field = `${kind}Id`;
  if (!definition.newId) return notFound(kind, id, field);
  return refuse('ALREADY_TAKEN', `${field} ${id} belongs to another one already.`, { field });
}

function notFound(kind: string, id: string, field: string): Refusal {
  return refuse('NOT_FOUND', `There is no ${kind} ${id}.`, { field });
}
