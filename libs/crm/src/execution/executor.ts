import { type AnyDecider, type Belonging, type DecisionContext, fold } from '#event-sourcing/decider.js';
import type { Instant, Position } from '#event-sourcing/event.js';
import { type EventStore, WrongExpectedRevision } from '#event-sourcing/event-store.js';
import { Refusal, refuse } from '#event-sourcing/refusal.js';
import type { Envelope, Sender } from '#platform/graphql/command.js';
import { commandFrom } from '#platform/graphql/validate.js';
import { type Attempt, attemptOf } from './attempt.js';
import type { Access } from './authorization.js';
import { type Decided, newEvents } from './new-events.js';
import { References, type Related } from './references.js';
import { hidden, notFound } from './refusals.js';
import { type Claim, claimsOf, type Fingerprint, Reservations, sameClaim } from './reservations.js';
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

/** What a decision rests on. */
interface Knowledge {
  readonly before: StreamState;
  readonly related: Related;
  /** Read after the command had come. What may be stale neither refuses nor finds a command done. */
  readonly fresh: boolean;
}

const ATTEMPTS = 8;
/** No append guards what a command is told of other aggregates, so what another process did to them may be missed for so long only. */
const FACTS_AGE_MS = 1_000;

/** The one way in which a command becomes events: authorize → load → fold → decide → append at the revision that was read. */
export class Executor {
  private readonly states: StreamStates;
  private readonly references: References;
  private readonly reservations: Reservations;
  private readonly byStream: ReadonlyMap<string, AnyDecider>;
  private readonly byCommand: ReadonlyMap<unknown, AnyDecider>;

  constructor(private readonly options: ExecutorOptions) {
    const { store, aggregates, fingerprint, remembered = 20_000 } = options;
    this.states = new StreamStates(store, remembered);
    this.byStream = new Map(aggregates.map(decider => [decider.stream, decider]));
    this.byCommand = new Map(
      aggregates.flatMap(decider => Object.values(decider.commands).map(command => [command, decider])),
    );
    this.references = new References(this.states, this.byStream);
    this.reservations = new Reservations(store, (owner, claim) => this.holds(owner, claim), fingerprint);
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
    const began = performance.now();
    const { clock, timeZone } = this.options;
    const attempt = attemptOf(decider, command, { now: clock(), timeZone, whoseCustomer: this.whoseCustomer });
    let related = await this.references.of(attempt, began - FACTS_AGE_MS);
    let before = this.baseline(attempt) ?? (await this.states.refresh(decider, attempt.stream));
    for (let count = 1; ; count++) {
      const receipt = await this.decideAndAppend(attempt, { before, related, fresh: count > 1 });
      if (receipt) return receipt;
      if (count === ATTEMPTS) throw refuse('CONFLICT', 'Others are changing the same record. Try again.');
      before = await this.states.refresh(decider, attempt.stream);
      related = await this.references.of(attempt, began);
    }
  }

  /** Forgets the states of all aggregates; somebody was erased, and they would still tell. */
  forget(): void {
    this.states.forget();
  }

  /**
   * Where the first attempt starts. A stream with a new id is taken to be empty: creating costs one append and no read, and if it
   * is not empty after all, the append says so.
   */
  private baseline({ decider, stream, definition, command }: Attempt): StreamState | undefined {
    const startsEmpty = definition.newId && !command.commandId;
    return this.states.recall(stream) ?? (startsEmpty ? initialState(decider) : undefined);
  }

  /** The receipt, or nothing if it has to be tried again on fresh knowledge. */
  private async decideAndAppend(attempt: Attempt, known: Knowledge): Promise<Receipt | undefined> {
    const { id, command, decider, authorization } = attempt;
    const { before, fresh } = known;
    const access = before.revision === 'noStream' ? 'allowed' : await authorization.to(decider, before.state);
    const done = command.commandId && before.commands.get(command.commandId);
    // The answer to a command is for whoever sent it, also after a handover, and for those who may command the record anyway.
    if (done && (access === 'allowed' || done.actor.id === command.sender.actor.id))
      return { id, revision: done.revision, position: done.position, changed: false };
    const decided = decide(attempt, known, access);
    if (!decided) return undefined;
    if (decided.length > 0) return this.append(attempt, known, decided);
    return fresh ? { id, revision: before.revision as bigint, position: before.position, changed: false } : undefined;
  }

  private async append(
    attempt: Attempt,
    { before, fresh }: Knowledge,
    decided: readonly Decided[],
  ): Promise<Receipt | undefined> {
    const { decider, id, stream, command, authorization } = attempt;
    const events = newEvents(attempt, decided, this.options.traceparent?.());
    const state = fold(decider, before.state, events);
    if (before.revision === 'noStream' && !authorization.mayCreate(decider, state)) {
      if (!fresh) return undefined;
      throw authorization.outOfReach();
    }
    const claims = claimsOf(decider, before.state, state);
    // A record that is only taken to be new may hold its values already, and would reserve them at every repetition.
    if (claims.length > 0 && before.revision === 'noStream' && !fresh) return undefined;
    for (const claim of claims) await this.reservations.claim(claim, id, events[0]!);
    try {
      const { revision, position } = await this.options.store.append(stream, before.revision, events);
      const commands = withCommand(before.commands, command.commandId, {
        revision,
        position,
        actor: command.sender.actor,
      });
      this.states.remember(stream, { state, revision, position, commands });
      return { id, revision, position, changed: true };
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return undefined;
      throw error;
    }
  }

  private async holds(owner: string, { kind, name, value }: Claim): Promise<boolean> {
    const decider = this.byStream.get(kind)!;
    const { state } = await this.states.refresh(decider, `${kind}-${owner}`);
    const held = decider.unique?.(state)[name];
    return held !== undefined && sameClaim({ kind, name, value: held }, { kind, name, value });
  }

  /** Always read from the log: what an earlier owner of a customer may do must not outlive the handover in a cache. */
  private readonly whoseCustomer = async (customerId: string): Promise<Belonging | undefined> => {
    const decider = this.byStream.get('customer');
    if (!decider) return undefined;
    const { state, revision } = await this.states.refresh(decider, `customer-${customerId}`);
    return revision === 'noStream' ? undefined : decider.belongsTo?.(state);
  };
}

/** What happens; nothing if what is known may be too old to refuse it. */
function decide(
  attempt: Attempt,
  { before: { state, revision }, related, fresh }: Knowledge,
  access: Access,
): readonly Decided[] | undefined {
  const { decider, definition, authorization, command, id } = attempt;
  try {
    if (revision === 'noStream' && !definition.newId) throw notFound(decider.stream, id, `${decider.stream}Id`);
    if (access === 'hidden') throw hidden(attempt);
    if (access === 'seen') throw authorization.outOfReach();
    const context: DecisionContext = { ...attempt.context, related };
    return decider.decide[command.constructor.name]!(command, state, context);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (!fresh) return undefined;
    const told = authorization.told(error, decider);
    if (told) throw told;
    return [];
  }
}
