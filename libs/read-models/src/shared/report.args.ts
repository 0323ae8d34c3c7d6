import { ArgsType, Field } from '@nestjs/graphql';
import type { Day, Position } from '#event-sourcing/event.js';
import { DayScalar, PositionScalar } from '#platform/graphql/scalars.js';
import { checkedDay } from './date-range.js';

/** What every report takes. */
@ArgsType()
export abstract class ReportArgs {
  @Field(() => DayScalar, {
    nullable: true,
    description: 'As it was known at the end of this day (知识日期); left out: with all that is known now.',
  })
  knownOn?: Day | null;

  @Field(() => PositionScalar, {
    nullable: true,
    description: 'Wait until this position of the event log is in the figures, to read your own write (读己之写).',
  })
  atLeast?: Position | null;
}

/** The day of knowledge, or `undefined` for now. @throws Refusal BAD_USER_INPUT */
export const knowledgeOf = ({ knownOn }: ReportArgs): Day | undefined =>
  knownOn == null ? undefined : checkedDay(knownOn, 'knownOn');
