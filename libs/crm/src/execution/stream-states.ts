import { type AnyDecider, fold } from '#event-sourcing/decider.js';
import type { Actor, Position, RecordedEvent } from '#event-sourcing/event.js';
import type { Appended, EventStore, ExpectedRevision } from '#event-sourcing/event-store.js';
import { Recent } from '#event-sourcing/recent.js';

/** An aggregate as of one revision of its stream. */
export interface StreamState {
  readonly state: unknown;
  readonly revision: ExpectedRevision;
  /** Of its last event; 0 while there is none. */
  readonly position: Position;
  /** Where each command that named itself came to stand. */
  readonly commands: ReadonlyMap<string, Done>;
}

/** A command that was done: where its last event stands, and whose it was. */
export interface Done extends Appended {
  readonly actor: Actor;
}

const NO_COMMANDS: ReadonlyMap<string, Done> = new Map();

/** The state of an aggregate of which nothing is recorded. */
export function initialState(decider: AnyDecider): StreamState {
  return { state: decider.initial, revision: 'noStream', position: 0n, commands: NO_COMMANDS };
}

/** With where a command came to stand, if it named itself. */
export function withCommand(
  known: ReadonlyMap<string, Done>,
  commandId: string | undefined,
  { revision, position, actor }: Done,
): ReadonlyMap<string, Done> {
  return commandId ? new Map(known).set(commandId, { revision, position, actor }) : known;
}

const done = ({ metadata: { commandId, actor }, revision, position }: RecordedEvent) =>
  [commandId!, { revision, position, actor }] as const;

/** The state after more events of the same stream. */
function advance(decider: AnyDecider, before: StreamState, events: readonly RecordedEvent[]): StreamState {
  const last = events.at(-1);
  if (!last) return before;
  const named = events.filter(event => event.metadata.commandId);
  return {
    state: fold(decider, before.state, events),
    revision: last.revision,
    position: last.position,
    commands: named.length ? new Map([...before.commands, ...named.map(done)]) : before.commands,
  };
}

/**
 * Folded states of recently used streams. An entry may be stale when another process writes too; it is a baseline only:
 * an append names the revision, and `refresh` reads what came since.
 */
export class StreamStates {
  private recent: Recent<{ readonly state: StreamState; readonly readAt: number }>;
  private readonly underWay = new Map<string, { readonly began: number; readonly state: Promise<StreamState> }>();

  constructor(
    private readonly store: EventStore,
    private readonly capacity: number,
  ) {
    this.recent = new Recent(capacity);
  }

  /** Everything: what the log holds reads otherwise now. */
  forget(): void {
    this.recent = new Recent(this.capacity);
  }

  /** The last known state if it was read at `since` (of `performance.now()`) or later; `undefined` if not, or not used lately. */
  recall(stream: string, since = 0): StreamState | undefined {
    const known = this.recent.get(stream);
    return known && known.readAt >= since ? known.state : undefined;
  }

  /** The state as it was at `since` or later, at once if it is remembered. Many who ask for it at the same time share one reading. */
  asOf(since: number, decider: AnyDecider, stream: string): StreamState | Promise<StreamState> {
    return this.recall(stream, since) ?? this.shared(since, decider, stream);
  }

  private async shared(since: number, decider: AnyDecider, stream: string): Promise<StreamState> {
    const shared = this.underWay.get(stream);
    if (shared && shared.began >= since) {
      const state = await shared.state;
      if (state.revision !== 'noStream') return state; // else it may have come to exist since that reading began
      return this.refresh(decider, stream);
    }
    const reading = { began: performance.now(), state: this.refresh(decider, stream) };
    this.underWay.set(stream, reading);
    try {
      return await reading.state;
    } finally {
      if (this.underWay.get(stream) === reading) this.underWay.delete(stream);
    }
  }

  /** The state with everything that the store holds now. */
  async refresh(decider: AnyDecider, stream: string): Promise<StreamState> {
    const began = performance.now();
    const before = this.recent.get(stream)?.state ?? initialState(decider);
    const from = before.revision === 'noStream' ? 0n : before.revision + 1n;
    const events: RecordedEvent[] = [];
    for await (const event of this.store.readStream(stream, { from })) events.push(event);
    return this.remember(stream, advance(decider, before, events), began);
  }

  /** Keeps a state in the place of what was known of the stream. */
  remember(stream: string, state: StreamState, readAt = performance.now()): StreamState {
    if (state.revision === 'noStream') this.recent.delete(stream);
    else this.recent.set(stream, { state, readAt });
    return state;
  }
}
