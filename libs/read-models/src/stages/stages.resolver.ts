import { Args, ArgsType, Context, Field, Query, Resolver } from '@nestjs/graphql';
import { businessDay } from '#event-sourcing/business-time.js';
import type { Day, Position } from '#event-sourcing/event.js';
import { Allow } from '#platform/access/allow.js';
import type { RequestContext } from '#platform/access/request-context.js';
import type { Viewer } from '#platform/access/viewer.js';
import { DayScalar } from '#platform/graphql/scalars.js';
import type { View } from '../access/view.js';
import { type OrganisationTables, organisation } from '../organisation/organisation.projection.js';
import { checkedDay, checkedRange, DateRange } from '../shared/date-range.js';
import { Reading } from '../shared/reading.js';
import { knowledgeOf, ReportArgs } from '../shared/report.args.js';
import { type StagesTables, stages } from './stages.projection.js';
import { flowOf, stockOf, timeInStageOf } from './stages.query.js';
import { StageStock, StageTime, StageTransition } from './stages.types.js';

@ArgsType()
abstract class StagesArgs extends ReportArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'Id or exact name of the pipeline (销售流程). Left out: the only one with opportunities, otherwise `default`.',
  })
  pipeline?: string | null;
}

@ArgsType()
class StageFlowArgs extends StagesArgs {
  @Field(() => DateRange, { description: 'The days on which they happened (流转日期).' })
  period: DateRange;
}

@ArgsType()
class StageSnapshotArgs extends StagesArgs {
  @Field(() => DayScalar, { description: 'The day, at its end (截止日期).' })
  at: Day;
}

@ArgsType()
class TimeInStageArgs extends StagesArgs {
  @Field(() => DateRange, { description: 'The days of the first stage entry (进入漏斗日期).' })
  cohort: DateRange;
}

@Resolver()
export class StagesResolver {
  constructor(private readonly reading: Reading) {}

  @Allow('stages.read')
  @Query(() => [StageTransition], {
    description: 'The transitions between stages that happened in a period (阶段流转), in the order of the stages.',
  })
  async stageFlow(@Args() args: StageFlowArgs, @Context() { viewer }: RequestContext): Promise<StageTransition[]> {
    const question = {
      pipeline: args.pipeline,
      period: checkedRange(args.period, 'period'),
      knownOn: knowledgeOf(args),
    };
    return flowOf(await this.tables(viewer, args.atLeast), question);
  }

  @Allow('stages.read')
  @Query(() => [StageStock], {
    description:
      'What stood in each stage at the end of a day (阶段存量), by the estimates of that day, and was won or lost by then.',
  })
  async stageSnapshot(@Args() args: StageSnapshotArgs, @Context() { viewer }: RequestContext): Promise<StageStock[]> {
    const question = { pipeline: args.pipeline, at: checkedDay(args.at, 'at'), knownOn: knowledgeOf(args) };
    return stockOf(await this.tables(viewer, args.atLeast), question);
  }

  @Allow('stages.read')
  @Query(() => [StageTime], {
    description:
      'How long the opportunities of a cohort were in each open stage (阶段停留时间), in days. Those still in it count up to today, ' +
      'or up to `knownOn`.',
  })
  async timeInStage(@Args() args: TimeInStageArgs, @Context() { viewer }: RequestContext): Promise<StageTime[]> {
    const knownOn = knowledgeOf(args);
    const today = knownOn ?? businessDay(this.reading.clock(), this.reading.timeZone);
    const question = { pipeline: args.pipeline, cohort: checkedRange(args.cohort, 'cohort'), knownOn, today };
    return timeInStageOf(await this.tables(viewer, args.atLeast), question);
  }

  private tables(viewer: Viewer, atLeast?: Position | null): Promise<View<StagesTables & OrganisationTables>> {
    return this.reading.at(viewer, [stages, organisation], atLeast);
  }
}
