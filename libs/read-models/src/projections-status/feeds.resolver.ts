import { Args, Context, ObjectType, Resolver, Subscription } from '@nestjs/graphql';
import type { Position, RecordedEvent } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { Allow } from '#platform/access/allow.js';
import type { RequestContext } from '#platform/access/request-context.js';
import { PositionScalar } from '#platform/graphql/scalars.js';
import { shown } from '../directory/list/shown.js';
import { Story } from '../history/changes/story.js';
import { HistoryEntry, historyEntry } from '../history/history.entry.js';
import { readableBy } from '../history/readable.js';
import { Reading } from '../shared/reading.js';
import { advancesOf, positionsOf } from './advances.js';
import { endable } from './endable.js';

/** Events that are read ahead of a subscriber. */
const PAGE_SIZE = 100;
/** Each reads the log for itself. */
const FEEDS_AT_ONCE = 200;
const NAMES_AT_MOST = 100;

@ObjectType({ description: 'A read model that has moved on (投影进度).' })
export class ProjectionAdvance {
  @shown.id('Its name.', { always: true }) name: string;
  @shown.position('It shows everything up to here (位置).', { always: true }) position: bigint;
}

/** What goes on, for integrations that want to be told. */
@Resolver()
export class FeedsResolver {
  private open = 0;

  constructor(private readonly reading: Reading) {}

  @Allow('events.read')
  @Subscription(() => HistoryEntry, {
    description:
      'The log as a feed (事件流), in order and without gap: what stands behind `after`, then live, as far as your roles may read it. Keep the `position` of the last event; whoever was away goes on from there.',
  })
  async events(
    @Args('after', {
      type: () => PositionScalar,
      nullable: true,
      description:
        'The last event that you have; 0: from the first one. What lies behind the end of the log is refused: after a restore, begin with what you know. Default: only what comes from now on.',
    })
    after: Position | null | undefined,
    @Args('types', { type: () => [String], nullable: true, description: 'Only events of these types; default all.' })
    types: string[] | null | undefined,
    @Context() { viewer }: RequestContext,
  ): Promise<AsyncIterableIterator<{ events: HistoryEntry }>> {
    requireFew('types', types);
    const { store } = this.reading;
    const readable = readableBy(viewer);
    // Told from earlier events, which may hold what is kept from this viewer, unless all histories are open. One story for each event:
    // with `types` a page leaves out some from which the changes of the next ones are told.
    const isTold = viewer.sight('history.read') === 'everything';
    const storyOf = (event: RecordedEvent) => (isTold ? new Story(store, [event]) : undefined);
    const head = await store.head();
    const from = after ?? head;
    if (from > head) throw notReached(head);
    const options = { after: from, types: types ?? undefined, pageSize: PAGE_SIZE };
    return this.feed(async function* (signal) {
      for await (const { events } of store.follow({ ...options, signal }))
        for (const event of events.flatMap(readable)) yield { events: historyEntry(event, { story: storyOf(event) }) };
    });
  }

  @Allow('projections.read')
  @Subscription(() => ProjectionAdvance, {
    description:
      'Where read models stand (投影进度), then each time that one has moved: ask your query again with `atLeast`. Who reads slowly gets the latest position only.',
  })
  async projectionAdvanced(
    @Args('names', { type: () => [String], nullable: true, description: 'Only these read models; default all.' })
    names?: string[] | null,
  ): Promise<AsyncIterableIterator<{ projectionAdvanced: ProjectionAdvance }>> {
    requireFew('names', names);
    const { database } = this.reading;
    const allowed = (await positionsOf(database)).map(({ name }) => name);
    const unknown = names?.find(name => !allowed.includes(name));
    if (unknown !== undefined)
      throw refuse('NOT_FOUND', `There is no read model ${unknown}.`, { field: 'names', allowed });
    return this.feed(async function* (signal) {
      for await (const advance of advancesOf(database, names, signal)) yield { projectionAdvanced: advance };
    });
  }

  private feed<Item>(source: (signal: AbortSignal) => AsyncIterable<Item>): AsyncIterableIterator<Item> {
    if (this.open >= FEEDS_AT_ONCE)
      throw refuse(
        'TOO_MANY_SUBSCRIPTIONS',
        `This server holds ${FEEDS_AT_ONCE} subscriptions already. Try again later.`,
      );
    this.open++;
    return endable(source, () => {
      this.open--;
    });
  }
}

function requireFew(field: string, values: readonly string[] | null | undefined): void {
  if (values && values.length > NAMES_AT_MOST)
    throw refuse('BAD_USER_INPUT', `At most ${NAMES_AT_MOST} ${field}.`, { field, allowed: `up to ${NAMES_AT_MOST}` });
}

/** A cursor of another log, or of this one before it was restored from a backup: whoever waited there would miss what comes first. */
const notReached = (head: Position) =>
  refuse('BAD_USER_INPUT', `The log ends at ${head}.`, { field: 'after', allowed: `0 to ${head}` });
