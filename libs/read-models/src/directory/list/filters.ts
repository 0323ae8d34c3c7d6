import { Field, ID, InputType } from '@nestjs/graphql';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, Matches, MaxLength } from 'class-validator';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Day } from '#event-sourcing/event.js';
import { Count, DayField, Flag, MinorUnits, Nested, Text } from '#platform/graphql/fields.js';

type Condition = RawBuilder<SqlBool>;

/** One way to narrow a list: the field of the filter input, and the condition that its value means. */
export interface Filter<Column extends string = string> {
  /** What it looks at; checked against the table when the list is defined. */
  readonly columns: readonly Column[];
  readonly declare: PropertyDecorator;
  /** `today` is the business day of the question. */
  readonly where: (value: never, today: Day) => Condition;
}

/** Lists of values are for picking, not for sending a table. */
const MAX_VALUES = 500;

function listField(type: () => unknown, description: string, checks: PropertyDecorator[]): PropertyDecorator {
  const decorators = [
    Field(() => [type() as typeof String], { description, nullable: true }),
    IsOptional(),
    IsArray(),
    ArrayMaxSize(MAX_VALUES),
    ...checks,
  ];
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

// What Postgres cannot take as text, and what no column holds anyway.
const plainTexts = [
  MaxLength(200, { each: true }),
  Matches(/^[^\p{Cc}\p{Cs}]*$/u, { each: true, message: '$property must not hold control characters' }),
];

/** The ways in which the same letters may have been stored: é as one character, or as e with an accent behind it. */
const spellings = (text: string) => [...new Set([text, text.normalize('NFC'), text.normalize('NFD')])];

const among = <const Column extends string>(column: Column, declare: PropertyDecorator): Filter<Column> => ({
  columns: [column],
  declare,
  where: (values: readonly string[]) => {
    const spelled = values.flatMap(spellings);
    // Of several values Postgres cannot read an index in order; one is by far the most frequent.
    return spelled.length === 1
      ? sql`${sql.ref(column)} = ${spelled[0]}`
      : sql`${sql.ref(column)} = any(${spelled}::text[])`;
  },
});

/** One of these ids; a single one may be given as it is. */
export const ids = <const Column extends string>(column: Column, description: string) =>
  among(
    column,
    listField(() => ID, description, plainTexts),
  );

/** One of these values, exactly. */
export const texts = <const Column extends string>(column: Column, description: string) =>
  among(
    column,
    listField(() => String, description, plainTexts),
  );

/** One of these values of an enum. */
export const oneOf = <const Column extends string>(
  column: Column,
  values: Record<string, string>,
  description: string,
) =>
  among(
    column,
    listField(() => values, description, [IsIn(Object.values(values), { each: true })]),
  );

/** Whatever a column and the day of the question say, as yes or no. */
export const flag = <const Column extends string>(
  columns: readonly Column[],
  description: string,
  holds: (today: Day) => Condition,
): Filter<Column> => ({
  columns,
  declare: Flag(description, { optional: true }),
  where: (wanted: boolean, today) => sql`(${holds(today)}) is ${wanted ? sql`true` : sql`not true`}`,
});

/** Whether there is a value at all. */
export const present = <const Column extends string>(column: Column, description: string) =>
  flag([column], description, () => sql`${sql.ref(column)} is not null`);

@InputType({ description: 'Days from … to …, both included; either may be left out.' })
export class DayRange {
  @DayField('The first day.', { optional: true }) from?: Day | null;
  @DayField('The last day.', { optional: true }) to?: Day | null;
}

@InputType({ description: 'Amounts of one currency from … to …, both included; either may be left out.' })
export class AmountRange {
  @Text('The currency, ISO 4217.', { max: 3, pattern: /^[A-Z]{3}$/ }) currency: string;
  @MinorUnits('At least, in the smallest unit.', { optional: true, min: Number.MIN_SAFE_INTEGER }) from?: number | null;
  @MinorUnits('At most, in the smallest unit.', { optional: true, min: Number.MIN_SAFE_INTEGER }) to?: number | null;
}

@InputType({ description: 'Whole numbers from … to …, both included; either may be left out.' })
export class CountRange {
  @Count('At least.', { optional: true }) from?: number | null;
  @Count('At most.', { optional: true }) to?: number | null;
}

type Range = { readonly from?: string | number | null; readonly to?: string | number | null };

function between(column: string, { from, to }: Range, type: 'date' | 'bigint'): Condition {
  const [value, cast] = [sql.ref(column), type === 'date' ? sql`date` : sql`bigint`];
  const bounds = [
    sql`${value} is not null`,
    ...(from == null ? [] : [sql`${value} >= ${from}::${cast}`]),
    ...(to == null ? [] : [sql`${value} <= ${to}::${cast}`]),
  ];
  return sql`(${sql.join(bounds, sql` and `)})`;
}

/** A range of days. Rows without a day are in none. */
export const days = <const Column extends string>(column: Column, description: string): Filter<Column> => ({
  columns: [column],
  declare: Nested(() => DayRange, description, { optional: true }),
  where: (range: DayRange) => between(column, range, 'date'),
});

/** A range of numbers. */
export const counts = <const Column extends string>(column: Column, description: string): Filter<Column> => ({
  columns: [column],
  declare: Nested(() => CountRange, description, { optional: true }),
  where: (range: CountRange) => between(column, range, 'bigint'),
});

/** A range of amounts in one currency. */
export const amounts = <const Column extends string>(
  column: Column,
  description: string,
): Filter<Column | 'currency'> => ({
  columns: [column, 'currency'],
  declare: Nested(() => AmountRange, description, { optional: true }),
  where: (range: AmountRange) => sql`(currency = ${range.currency} and ${between(column, range, 'bigint')})`,
});

/** Percent and underscore are what the user typed, not wildcards. */
const containing = (text: string) => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;

/** A part of one of these texts, whatever its case. */
export const search = <const Column extends string>(columns: readonly Column[]): Filter<Column> => ({
  columns,
  declare: Text(`Contained in ${columns.join(', ')} (包含), whatever the case.`, { optional: true }),
  where: (text: string) =>
    sql`(${sql.join(
      columns.flatMap(column => spellings(text).map(each => sql`${sql.ref(column)} ilike ${containing(each)}`)),
      sql` or `,
    )})`,
});
