import type { Position, RecordedEvent } from '#event-sourcing/event.js';
import type { Page } from '#event-sourcing/event-store.js';
import type { ProjectedEvent } from '#event-sourcing/projection.js';
import { Fenced, moveCheckpoint, passCheckpoint, type Step, stillOwned } from './checkpoints.js';
import type { Database, FoldedPage } from './database.js';
import { Fold } from './fold.js';
import type { Log } from './log.js';
import { schemaOf } from './naming.js';
import { Parked } from './parked.js';
import { together } from './pipeline.js';
import type { Plan } from './plan.js';
import { post } from './post.js';
import { Posting } from './posting.js';
import { knownDays, projected } from './projected-events.js';
import { Rate } from './rate.js';
import type { Generation } from './registry.js';
import { inTransaction, isDataError } from './transaction.js';
import { loadMissing, writeFolded } from './write-page.js';

/** Rows that a live projection remembers per table. */
const CACHED_ROWS = 8_000;

/** Keeps one generation of a projection's tables up to date, page by page. */
export class Follower {
  private readonly fold: Fold;
  private readonly schema: string;
  private readonly rate = new Rate();
  private readonly posting: Posting;

  private constructor(
    private readonly database: Database,
    readonly plan: Plan,
    private generation: Generation,
    private readonly parked: Parked,
    private readonly log: Log,
  ) {
    this.fold = new Fold(plan, parked);
    this.schema = schemaOf(generation.name, generation.slot === 'next' ? 'next' : undefined);
    this.posting = new Posting(generation.name, () => post(database, this.generation, plan), log);
  }

  /**
   * @param generation As claimed: its epoch is the follower's permission to write.
   * @param strict Stop at an event that cannot be folded, instead of parking its key.
   */
  static async open(
    database: Database,
    plan: Plan,
    generation: Generation,
    log: Log,
    strict = false,
  ): Promise<Follower> {
    return new Follower(database, plan, generation, await Parked.load(database.pool, generation, strict), log);
  }

  get name(): string {
    return this.generation.name;
  }

  get position(): Position {
    return this.generation.position;
  }

  /** The events of a page that it has not seen yet and that concern it. */
  private relevant({ events }: Page): readonly RecordedEvent[] {
    return events.filter(({ position, type }) => position > this.position && this.plan.concerns(type));
  }

  /** Takes in a page, all or nothing. @throws Fenced when somebody else has taken over. */
  async take(page: Page): Promise<void> {
    if (page.upTo <= this.position) return;
    const events = this.relevant(page);
    if (events.length) await this.takeIn(events, page.upTo);
    else await this.pass(page.upTo);
    this.database.signals.emit('moved', this.name, page.upTo);
  }

  /** Adds all changes so far to their totals, which otherwise waits until it is worth it. @throws Fenced likewise. */
  async post(): Promise<void> {
    await this.rest();
    await post(this.database, this.generation, this.plan);
  }

  /** Resolves when nothing is under way. */
  async rest(): Promise<void> {
    await this.posting.ended();
  }

  /** Those of some followers that were fenced off, and may not have noticed yet. */
  static async fencedOff(database: Database, followers: readonly Follower[]): Promise<Follower[]> {
    if (!followers.length) return [];
    const owned = await stillOwned(
      database,
      followers.map(({ generation }) => generation),
    );
    return followers.filter(({ generation }) => !owned.has(generation.id));
  }

  private async takeIn(events: readonly RecordedEvent[], upTo: Position): Promise<void> {
    const { timeZone } = this.generation;
    const began = performance.now();
    await this.advance(
      events.map(event => projected(event, timeZone)),
      upTo,
    );
    this.database.signals.emit('folded', { projection: this.name, events, began } satisfies FoldedPage);
  }

  /** Only the checkpoint. */
  private async pass(upTo: Position): Promise<void> {
    const { generation } = this;
    await passCheckpoint(this.database, { from: generation, to: upTo, eventsPerSecond: this.rate.count(0) });
    this.generation = { ...generation, position: upTo };
  }

  /** Folds and writes; what the database refuses is narrowed down by halves to the event at fault, whose rows are parked. */
  private async advance(events: readonly ProjectedEvent[], upTo: Position): Promise<void> {
    try {
      await this.write(events, upTo);
    } catch (error) {
      this.fold.undo();
      this.parked.undo();
      if (error instanceof Fenced || !isDataError(error) || this.parked.strict) throw error;
      if (events.length > 1) {
        const half = events.length >> 1;
        await this.advance(events.slice(0, half), events[half - 1]!.position);
        await this.advance(events.slice(half), upTo);
        return;
      }
      for (const subject of this.fold.subjectsOf(events[0]!)) this.parked.park(subject, (error as Error).message);
      await this.write(events, upTo);
    }
  }

  private async write(events: readonly ProjectedEvent[], upTo: Position): Promise<void> {
    const { database, fold, parked, schema, generation } = this;
    const agenda = fold.agenda(events);
    const step = stepOf(generation, upTo, this.rate.count(events.length), events);
    let changes = 0;
    await inTransaction(database, async client => {
      await together(client, () => [moveCheckpoint(client, step), ...loadMissing(client, schema, agenda.missing)]);
      fold.run(agenda);
      changes = fold.totals.reduce((sum, { size }) => sum + size, 0);
      await together(client, () => [...writeFolded(client, schema, fold), ...parked.write(client)]);
    });
    this.generation = { ...generation, position: upTo };
    fold.keep();
    const { count, ...facts } = parked.news;
    if (count)
      this.log.error({ projection: this.name, events: count, ...facts }, 'Events were parked as dead letters.');
    parked.keep();
    for (const { cache } of fold.tables) if (cache.touched * 2 > CACHED_ROWS) cache.age();
    if (changes) await this.posting.appended(changes);
  }
}

function stepOf(from: Generation, to: Position, eventsPerSecond: number, events: readonly ProjectedEvent[]): Step {
  const known = knownDays(events).sort();
  return { from, to, eventsPerSecond, knownFrom: known[0], knownUntil: known.at(-1) };
}
