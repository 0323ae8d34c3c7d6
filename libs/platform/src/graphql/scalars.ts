import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

function rejected(scalar: string, value: unknown, allowed: string): GraphQLError {
  return new GraphQLError(`${JSON.stringify(value) ?? String(value)} is not a ${scalar}. Allowed: ${allowed}.`, {
    extensions: { code: 'BAD_USER_INPUT', allowed },
  });
}

/** Earlier years are typing errors (0026), and a database has no year 0 at all. */
const EARLIEST = '1000';

/** A real calendar day from the year 1000 on: 2026-02-30 is none. */
export function isDay(value: unknown): value is string {
  return typeof value === 'string' && DAY.test(value) && value >= EARLIEST && isRealDay(value);
}

const currencies = new Set(Intl.supportedValuesOf('currency'));

/** An ISO 4217 code such as CNY. */
export function isCurrency(value: unknown): value is string {
  return typeof value === 'string' && currencies.has(value);
}

function isRealDay(day: string): boolean {
  // A day that the month has not would be one of the next month; what is no date at all has no day.
  return new Date(`${day}T00:00:00.000Z`).getUTCDate() === Number(day.slice(8));
}

/** Any ISO 8601 instant with a zone from the year 1000 on, as UTC with milliseconds; `undefined` for anything else. */
export function toInstant(value: unknown): string | undefined {
  if (typeof value !== 'string' || !INSTANT.test(value) || !isRealDay(value.slice(0, 10))) return undefined;
  const epoch = Date.parse(value);
  const instant = Number.isNaN(epoch) ? '' : new Date(epoch).toISOString();
  return instant >= EARLIEST ? instant : undefined; // also what has become a year of five digits, +010000
}

function scalar<Internal>(
  name: string,
  description: string,
  allowed: string,
  parse: (value: unknown) => Internal | undefined,
  serialize: (value: unknown) => unknown = value => value,
): GraphQLScalarType {
  const parseValue = (value: unknown) => {
    const parsed = parse(value);
    if (parsed === undefined) throw rejected(name, value, allowed);
    return parsed;
  };
  const literal = (node: ValueNode) => {
    if (node.kind === Kind.STRING) return node.value;
    return node.kind === Kind.INT ? Number(node.value) : undefined;
  };
  return new GraphQLScalarType({
    name,
    description,
    parseValue,
    serialize,
    parseLiteral: node => parseValue(literal(node)),
  });
}

export const DayScalar = scalar(
  'Date',
  'A calendar day (日期) in the business time zone, `YYYY-MM-DD`.',
  'an existing day as YYYY-MM-DD',
  value => (isDay(value) ? value : undefined),
);

export const InstantScalar = scalar(
  'DateTime',
  'An instant (时刻), ISO 8601 with zone; answers are UTC with milliseconds.',
  'an instant such as 2026-03-01T08:00:00Z',
  toInstant,
);

export const PositionScalar = scalar(
  'Position',
  'A place in the event log. Pass the one that a mutation answered as `atLeast` to read your own write.',
  'a whole number from 0 to 2^63-1, as a string',
  value => {
    const digits = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
    if (typeof digits !== 'string' || !/^\d{1,19}$/.test(digits)) return undefined;
    const position = BigInt(digits);
    return position < 2n ** 63n ? position : undefined;
  },
  String,
);

export const MinorScalar = scalar(
  'MinorUnits',
  'An amount in the smallest unit of its currency (分 for CNY), a whole number up to 2^53-1.',
  'a whole number between -(2^53-1) and 2^53-1',
  value => (Number.isSafeInteger(value) ? (value as number) : undefined),
);
