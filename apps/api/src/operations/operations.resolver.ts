import { Args, Context, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { projectionNamed } from '#apps/system/src/named-projections.js';
import { refuse } from '#event-sourcing/refusal.js';
import { Allow } from '#platform/access/allow.js';
import type { RequestContext } from '#platform/access/request-context.js';
import type { Sender } from '#platform/graphql/command.js';
import { eventOf } from '#projections/dead-letters.js';
import { deadLetters, skippedEvents } from '#projections/list-dead-letters.js';
import { projectionStatus } from '#projections/status.js';
import { HistoryEntry, historyEntry } from '#read-models/history/history.entry.js';
import { readableBy, readsAll } from '#read-models/history/readable.js';
import { ProjectionType, shownStatus } from '#read-models/projections-status/projections-status.type.js';
import { Reading } from '#read-models/shared/reading.js';
import { Operations } from './operations.js';
import { DeadLetter, DeadLetterSkipped, DeadLettersRetried, ProjectionDiff, SkippedEvent } from './operations.types.js';

const LETTERS_AT_MOST = 500;
const EXAMPLES_AT_MOST = 100;

const name = { name: 'name', type: () => ID, description: 'The read model (投影).' };
const optionalName = { ...name, nullable: true, description: 'Only of this read model; default all.' };
const flag = (called: string, byDefault: boolean, description: string) => ({
  name: called,
  type: () => Boolean,
  defaultValue: byDefault,
  description,
});

/** Looking after the read models (运维): what `./crm projections` does. */
@Resolver(() => DeadLetter)
export class OperationsResolver {
  constructor(
    private readonly operations: Operations,
    private readonly reading: Reading,
  ) {}

  @Allow('projections.operate')
  @Mutation(() => ProjectionType, {
    description:
      'Build a read model again beside the live one (重建投影), compare, and swap it if no figure differs. Goes on after the answer; follow `projections { building candidate }`.',
  })
  async rebuildProjection(
    @Args(name) projection: string,
    @Args(flag('force', false, 'Swap although the same version gives other figures (强制).')) force: boolean,
    @Args(flag('swap', true, 'False: leave it beside the live one, for `projectionDiff` and `swapProjection`.'))
    swap: boolean,
  ): Promise<ProjectionType> {
    await this.operations.startRebuild({ name: projection, force, swap });
    return this.statusOf(projection);
  }

  @Allow('projections.operate')
  @Mutation(() => ProjectionType, {
    description: 'Make the version live that waits beside a read model (切换版本), or the former one again.',
  })
  async swapProjection(
    @Args(name) projection: string,
    @Args(flag('back', false, 'Back to what was live before the last swap (回退).')) back: boolean,
  ): Promise<ProjectionType> {
    await this.operations.swap(projection, back);
    return this.statusOf(projection);
  }

  @Allow('projections.inspect')
  @Query(() => ProjectionDiff, {
    description: 'Which figures differ, and by how much, between the live read model and its candidate (版本差异).',
  })
  async projectionDiff(
    @Args(name) projection: string,
    @Args('examples', { type: () => Int, defaultValue: 3, description: 'Lines per table that are shown, up to 100.' })
    examples: number,
    @Context() { viewer }: RequestContext,
  ): Promise<ProjectionDiff> {
    requireUpTo('examples', examples, EXAMPLES_AT_MOST);
    const { live, candidate, tables } = await this.operations.diff(projection, examples);
    return {
      name: projection,
      liveVersion: live.version,
      livePosition: live.position,
      candidateVersion: candidate.version,
      candidatePosition: candidate.position,
      waits: candidate.slot === 'next',
      tables: tables.map(({ table, lines, figures, examples }) => {
        const { changed = null, onlyLive = null, onlyCandidate = null } = lines ?? {};
        const shown = readsAll(viewer) ? [...examples] : [];
        return { table, changed, onlyLive, onlyCandidate, figures: [...figures], examples: shown };
      }),
    };
  }

  @Allow('projections.inspect')
  @Query(() => [DeadLetter], {
    description: 'Events that could not be folded, and those that wait behind them (死信), in order.',
  })
  async deadLetters(
    @Args(optionalName) projection?: string | null,
    @Args('key', { type: () => ID, nullable: true, description: 'Only of this row (主键).' }) key?: string,
    @Args('first', { type: () => Int, defaultValue: 100, description: 'At most so many, up to 500.' }) first = 100,
  ): Promise<DeadLetter[]> {
    requireUpTo('first', first, LETTERS_AT_MOST);
    return deadLetters(this.reading.database, { projection: known(projection), key, limit: first });
  }

  @ResolveField(() => HistoryEntry, { nullable: true })
  async event(@Parent() letter: DeadLetter, @Context() { viewer }: RequestContext): Promise<HistoryEntry | null> {
    const [event] = readableBy(viewer)(await eventOf(this.reading.store, letter));
    return event ? historyEntry(event) : null;
  }

  @Allow('projections.inspect')
  @Query(() => [SkippedEvent], { description: 'Events that were left out, by whom and why (已跳过事件).' })
  async skippedEvents(@Args(optionalName) projection?: string | null): Promise<SkippedEvent[]> {
    return skippedEvents(this.reading.database, { projection: known(projection), limit: LETTERS_AT_MOST });
  }

  @Allow('projections.operate')
  @Mutation(() => DeadLettersRetried, {
    description: 'Fold dead letters again, after the fold was mended (重试死信): of one row, or of the read model.',
  })
  retryDeadLetter(
    @Args(name) projection: string,
    @Args('table', { nullable: true, description: 'The table; with `key`.' }) table?: string,
    @Args('key', { type: () => ID, nullable: true, description: 'Only this row (主键); with `table`.' }) key?: string,
  ): Promise<DeadLettersRetried> {
    if ((table == null) !== (key == null))
      throw refuse('BAD_USER_INPUT', 'Name table and key, or neither.', { field: table == null ? 'table' : 'key' });
    return this.operations.retry(projection, table == null || key == null ? undefined : { table, key });
  }

  @Allow('projections.operate')
  @Mutation(() => DeadLetterSkipped, {
    description:
      'Leave out the event at which a row is stuck, and fold what waits behind it (跳过死信). It is recorded who did so and why; rebuilds of this version leave it out too.',
  })
  skipDeadLetter(
    @Args(name) projection: string,
    @Args('table', { description: 'The table.' }) table: string,
    @Args('key', { type: () => ID, description: 'The row that is stuck (主键).' }) key: string,
    @Args('reason', { description: 'Why the figures may do without it (跳过原因).' }) reason: string,
    @Context() { sender }: { sender: Sender },
  ): Promise<DeadLetterSkipped> {
    return this.operations.skip(projection, { subject: { table, key }, by: sender.actor.id, reason });
  }

  private async statusOf(projection: string): Promise<ProjectionType> {
    const { database, store, clock } = this.reading;
    const status = await projectionStatus(database, store, clock);
    return shownStatus(status.find(line => line.name === projection)!);
  }
}

/** An empty list would say that all is well with a read model that is not there. @throws Refusal NOT_FOUND */
const known = (projection?: string | null) => (projection == null ? undefined : projectionNamed(projection).name);

function requireUpTo(field: string, value: number, most: number): void {
  if (value < 1 || value > most)
    throw refuse('BAD_USER_INPUT', `${field} is 1 to ${most}.`, { field, allowed: `1 to ${most}` });
}
