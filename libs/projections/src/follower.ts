import type { Position, RecordedEvent } from '#event-sourcing/event.js';
import type { Page } from '#event-sourcing/event-store.js';
import type { ProjectedEvent } from '#event-sourcing/projection.js';
import type { Database, FoldedPage } from './database.js';
import { Fold } from './fold.js';
import type { Log } from './log.js';
import { schemaOf } from './naming.js';
import { Parked } from './parked.js';
import type { Plan } from './plan.js';
import { projected } from './projected-events.js';
import { Rate } from './rate.js';
import { Fenced, type Generation, moveCheckpoint, passCheckpoints } from './registry.js';
import { inTransaction, isDataError } from './transaction.js';
import { loadMissing, writeFolded } from './write-page.js';

/** Rows that a live projection remembers per table. */
const CACHED_ROWS = 8_000;

/** Keeps one generation of a projection's tables up to date, page by page. */
export class Follower {
  private readonly fold: Fold;
  private readonly schema: string;
  private readonly rate = new Rate();

  private constructor(
    private readonly database: Database,
    readonly plan: Plan,
    private generation: Generation,
    private readonly parked: Parked,
    private readonly log: Log,
  ) {
    this.fold = new Fold(plan, parked);
    this.schema = schemaOf(generation.name, generation.slot === 'next' ? 'next' : undefined);
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
  relevant({ events }: Page): readonly RecordedEvent[] {
    return events.filter(({ position, type }) => position > this.position && this.plan.concerns(type));
  }

  /** Takes in a page, all or nothing. @throws Fenced when somebody else has taken over. */
  async take(page: Page): Promise<void> {
    if (page.upTo <= this.position) return;
    const { timeZone } = this.generation;
    const began = performance.now();
    const events = this.relevant(page);
    await this.advance(
      events.map(event => projected(event, timeZone)),
      page.upTo,
    );
    const { signals } = this.database;
    signals.emit('moved', this.name, page.upTo);
    signals.emit('folded', { projection: this.name, events, began } satisfies FoldedPage);
  }

  /** Only the checkpoint of followers for whom a page holds nothing, in one statement; answers those that were fenced off. */
  static async pass(database: Database, followers: readonly Follower[], upTo: Position): Promise<Follower[]> {
    const behind = followers.filter(({ position }) => position < upTo);
    if (!behind.length) return [];
    const passing = behind.map(({ generation, rate }) => ({ from: generation, eventsPerSecond: rate.count(0) }));
    const moved = await passCheckpoints(database, passing, upTo);
    for (const follower of behind) {
      if (!moved.has(follower.generation.id)) continue;
      follower.generation = { ...follower.generation, position: upTo };
      database.signals.emit('moved', follower.name, upTo);
    }
    return behind.filter(({ generation }) => !moved.has(generation.id));
  }

  /** Folds and writes; what the database refuses is narrowed down by halves to the event at fault, whose rows are parked. */
  private async advance(events: readonly ProjectedEvent[], upTo: Position): Promise<void> {
    try {
      await this.write(events, upTo);
    } catch (error) {
      this.fold.undo();
      this.parked.undo();
      if (error instanceof Fenced || !isDataError(error) || events.length === 0 || this.parked.strict) throw error;
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
    await loadMissing(database.pool, schema, agenda.missing);
    fold.run(agenda);
    const known = events.map(({ knownOn }) => knownOn).sort();
    await inTransaction(database, async client => {
      await moveCheckpoint(client, generation, {
        to: upTo,
        eventsPerSecond: this.rate.count(events.length),
        knownFrom: known[0],
        knownUntil: known.at(-1),
      });
      await writeFolded(client, schema, fold);
      await parked.write(client);
    });
    this.generation = { ...generation, position: upTo };
    fold.keep();
    const { count, ...facts } = parked.news;
    if (count)
      this.log.error({ projection: this.name, events: count, ...facts }, 'Events were parked as dead letters.');
    parked.keep();
    for (const { cache } of fold.tables) if (cache.touched * 2 > CACHED_ROWS) cache.age();
  }
}
