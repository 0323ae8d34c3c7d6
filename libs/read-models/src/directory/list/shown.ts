import type { Type } from '@nestjs/common';
import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { GraphQLScalarType } from 'graphql';
import { Money } from '#platform/graphql/money.js';
import { DayScalar, InstantScalar, PositionScalar } from '#platform/graphql/scalars.js';

type OutputType = typeof Int | typeof String | typeof Boolean | GraphQLScalarType | typeof Money;

const output =
  (type: OutputType) =>
  (description: string, options: { always?: boolean } = {}): PropertyDecorator =>
    Field(() => type, { description, nullable: !options.always });

/** Output fields by kind; null unless `always` there. */
export const shown = {
  id: output(ID),
  text: output(String),
  count: output(Int),
  number: output(Float),
  flag: output(Boolean),
  day: output(DayScalar),
  instant: output(InstantScalar),
  position: output(PositionScalar),
  money: output(Money),
  /** Always there. */
  enum: (values: () => object, description: string): PropertyDecorator => Field(values as never, { description }),
  one: (type: () => Type, description: string): PropertyDecorator => Field(type, { description }),
  maybe: (type: () => Type, description: string): PropertyDecorator => Field(type, { description, nullable: true }),
  listOf: (type: () => Type, description: string): PropertyDecorator => Field(() => [type()], { description }),
};

/** What every record of the directory shows. */
@ObjectType({ isAbstract: true })
export abstract class DirectoryRecord {
  @shown.id('Its id (编号).', { always: true }) id: string;
  @shown.id('The event that last made it what it is.', { always: true }) sourceEventId: string;
  @shown.position('Where that event stands in the log.', { always: true }) position: number;
  @shown.instant('When that was recorded (最后变更).', { always: true }) changedAt: string;
}

/** The amount of a row, if it has one. */
export const moneyOf = (minor: number | null, currency: string | null): Money | null =>
  minor === null || currency === null ? null : { minor, currency };
