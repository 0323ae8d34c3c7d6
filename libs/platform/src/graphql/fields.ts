import { Field, Float, ID, InputType, Int, type ReturnTypeFunc } from '@nestjs/graphql';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  isEmail,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { DayScalar, InstantScalar, isCurrency, isDay, MinorScalar, toInstant } from './scalars.js';

/** Options that every field decorator takes. */
export interface FieldOptions {
  /** The field may be left out. */
  optional?: boolean;
  /** `null` is a value of its own (it empties something); implies `optional`. */
  clearable?: boolean;
}

/** GraphQL lets a client say `null` for anything optional; an event must not. */
const NULL_IS_ABSENT = Transform(({ value }) => value ?? undefined);

/** Pairs the GraphQL field with its validators, so that schema and check cannot differ. */
function field(
  type: ReturnTypeFunc,
  description: string,
  options: FieldOptions,
  checks: PropertyDecorator[],
): PropertyDecorator {
  const optional = options.optional || options.clearable || false;
  // A required field replaces an optional one of the base class (`reason`), which would otherwise still excuse its absence.
  const always = ValidateIf(() => true);
  const presence = options.clearable
    ? [ValidateIf((_, value) => value !== null && value !== undefined)]
    : [IsOptional(), NULL_IS_ABSENT];
  const decorators = [Field(type, { description, nullable: optional }), ...(optional ? presence : [always]), ...checks];
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

/** Nor what turns the direction of all that follows it on a page, by which a name looks like another one. */
const NO_CONTROL_CHARACTERS = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u;
const LINES = /^(?:[^\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]|[\t\n\r])*$/u;
const ID_CHARACTERS = /^[\p{L}\p{N}._:@+-]+$/u;

const identifier = [
  IsString(),
  Length(1, 100),
  Matches(ID_CHARACTERS, { message: '$property may hold letters, digits and . _ : @ + -' }),
];

/** An id; letters, digits and `. _ : @ + -`, up to 100. */
export const Id = (description: string, options: FieldOptions = {}) =>
  field(() => ID, description, options, identifier);

/** Names, titles, codes: one line without control characters. */
export const Text = (description: string, options: FieldOptions & { max?: number; pattern?: RegExp } = {}) =>
  field(() => String, description, options, [
    IsString(),
    Length(1, options.max ?? 200),
    Matches(/\S/, { message: '$property must not be blank' }),
    Matches(NO_CONTROL_CHARACTERS, { message: '$property must be one line without control characters' }),
    ...(options.pattern
      ? [Matches(options.pattern, { message: `$property must match ${options.pattern.source}` })]
      : []),
  ]);

/** An address in any alphabet; hosts without a dot (`admin@localhost`) are some. */
export const isEmailAddress = (value: unknown): value is string =>
  isEmail(value, { allow_utf8_local_part: true, require_tld: false });

/** Extensions, brackets and names for them are written in many ways; without three digits nobody can be called. */
export const isPhoneNumber = (value: unknown): value is string =>
  typeof value === 'string' && /\p{Nd}(?:.*\p{Nd}){2}/su.test(value);

/** An e-mail address. */
export const Email = (description: string, options: FieldOptions = {}) =>
  field(() => String, description, options, [
    IsString(),
    Length(1, 200),
    ValidateBy({
      name: 'isEmailAddress',
      validator: {
        validate: isEmailAddress,
        defaultMessage: () => '$property must be an e-mail address such as name@example.com',
      },
    }),
  ]);

/** A telephone number, as people write it. */
export const Phone = (description: string, options: FieldOptions = {}) =>
  field(() => String, description, options, [
    IsString(),
    Length(1, 50),
    Matches(NO_CONTROL_CHARACTERS, { message: '$property must be one line without control characters' }),
    ValidateBy({
      name: 'isPhoneNumber',
      validator: {
        validate: isPhoneNumber,
        defaultMessage: () => '$property must be a telephone number, with three digits at least',
      },
    }),
  ]);

/** Free text with line breaks, up to 10,000 characters. */
export const LongText = (description: string, options: FieldOptions & { max?: number } = {}) =>
  field(() => String, description, options, [
    IsString(),
    Length(1, options.max ?? 10_000),
    Matches(LINES, { message: '$property must not contain control characters' }),
  ]);

/** A whole number from `min` (0) to `max` (2^31-1). */
export const Count = (description: string, options: FieldOptions & { min?: number; max?: number } = {}) =>
  field(() => Int, description, options, [IsInt(), Min(options.min ?? 0), Max(options.max ?? 2 ** 31 - 1)]);

/** A percentage from 0 to 100, with up to two decimals. */
export const Percent = (description: string, options: FieldOptions = {}) =>
  field(() => Float, description, options, [IsNumber({ maxDecimalPlaces: 2 }), Min(0), Max(100)]);

/** Minor units, at least `min` (0). */
export const MinorUnits = (description: string, options: FieldOptions & { min?: number } = {}) =>
  field(() => MinorScalar, description, options, [IsInt(), Min(options.min ?? 0), Max(Number.MAX_SAFE_INTEGER)]);

/** True or false. */
export const Flag = (description: string, options: FieldOptions = {}) =>
  field(() => Boolean, description, options, [IsIn([true, false])]);

/** A calendar day. */
export const DayField = (description: string, options: FieldOptions = {}) =>
  field(() => DayScalar, description, options, [
    ValidateBy({
      name: 'isDay',
      validator: { validate: isDay, defaultMessage: () => '$property must be an existing day as YYYY-MM-DD' },
    }),
  ]);

/** An instant. */
export const InstantField = (description: string, options: FieldOptions = {}) =>
  field(() => InstantScalar, description, options, [
    ValidateBy({
      name: 'isInstant',
      validator: {
        validate: value => toInstant(value) === value,
        defaultMessage: () => '$property must be a UTC instant with milliseconds',
      },
    }),
  ]);

/** One of an enum's values. The enum is registered with GraphQL beside its definition. */
export const OneOf = (values: Record<string, string>, description: string, options: FieldOptions = {}) =>
  field(() => values, description, options, [
    IsIn(Object.values(values), { message: `$property must be one of ${Object.values(values).join(', ')}` }),
  ]);

/** A nested input. */
export const Nested = (type: () => new () => object, description: string, options: FieldOptions = {}) => {
  const declare = field(type, description, options, [ValidateNested()]);
  return ((target: object, property: string) => {
    declare(target, property);
    Type(type)(target, property);
  }) as PropertyDecorator;
};

/** A list of nested inputs, at most `max` (100). */
export const ListOf = (
  type: () => new () => object,
  description: string,
  options: FieldOptions & { max?: number } = {},
) => {
  const declare = field(() => [type()], description, options, [
    IsArray(),
    ArrayMaxSize(options.max ?? 100),
    ValidateNested({ each: true }),
  ]);
  return ((target: object, property: string) => {
    declare(target, property);
    Type(type)(target, property);
  }) as PropertyDecorator;
};

/** A currency. */
const CurrencyField = (description: string) =>
  field(() => String, description, {}, [
    ValidateBy({
      name: 'isCurrency',
      validator: { validate: isCurrency, defaultMessage: () => '$property must be an ISO 4217 code such as CNY' },
    }),
  ]);

@InputType({ description: 'An amount of money (金额).' })
export class MoneyInput {
  @MinorUnits('In the smallest unit of the currency (分 for CNY).')
  minor: number;

  @CurrencyField('ISO 4217 code, `CNY`.')
  currency: string;
}

/** An amount of money. */
export const Amount = (description: string, options: FieldOptions = {}) =>
  Nested(() => MoneyInput, description, options);
