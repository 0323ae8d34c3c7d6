import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { cells } from '#read-models/rfm/rfm.cells.js';
import { segments } from '#read-models/rfm/rfm.segments.js';
import { mark, owners, type Seeded } from './world.js';

/** A question to the API. */
export interface Question {
  /** `Query.leads`, the operation whose permission it needs. */
  readonly operation: string;
  readonly document: string;
  /** Whether it asks for all that there is, without any argument. */
  readonly plain: boolean;
}

/** Not asked with: how much of a list is wanted, and from when on. Which lines there are is the question here. */
const SKIPPED = ['first', 'after', 'atLeast'];
/** How far plain questions follow references, and all others. */
const [FAR, NEAR] = [5, 3];
const WIDE = '{ from: "2020-01-01", to: "2029-12-31" }';

/** Everything that can be selected, references through references up to a depth, and no type twice on the way. */
function selectionOf(type: GraphQLOutputType, depth: number, path: readonly string[] = []): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).flatMap(field => {
    const inner = getNamedType(field.type);
    if (field.args.some(isRequiredArgument)) return [];
    if (isObjectType(inner) && (path.includes(inner.name) || path.length >= depth)) return [];
    return [`${field.name}${selectionOf(field.type, depth, [...path, named.name])}`];
  });
  return ` { __typename ${fields.join(' ')} }`;
}

/** Values to try for an input, in GraphQL. Of every filter some that the records of all owners match. */
function samples(name: string, type: GraphQLInputType, seeded: readonly Seeded[]): string[] {
  const named = getNamedType(type);
  const isList = isListType(getNullableType(type));
  if (isInputObjectType(named)) return objects(name, named, seeded);
  if (isEnumType(named)) return named.getValues().map(value => (isList ? `[${value.name}]` : value.name));
  const known = KNOWN[name];
  if (known) return known;
  if (named.name === 'ID') {
    const ids = [...seeded.map(({ id }) => id), ...owners, 'campaign', 'default', 'contact', 'east', 'west'];
    const kind = name === 'customerId' ? 'customer' : name.split('.')[0]!;
    const own = ids.filter(id => id.startsWith(kind));
    return isList ? [JSON.stringify([...ids, ...marks])] : (own.length ? own : ids).map(id => JSON.stringify(id));
  }
  if (named.name === 'Int') return ['1'];
  if (named.name === 'DateTime') return ['"2026-01-01T00:00:00.000Z"'];
  if (named.name === 'Position') return ['"1"'];
  if (named.name === 'Boolean') return ['true', 'false'];
  if (named.name === 'String') return isList ? [JSON.stringify(marks)] : ['"@"'];
  throw new Error(`No value for ${name}: ${named.name}.`);
}

const marks = owners.flatMap(owner =>
  (
    [
      'lead.read',
      'customer.read',
      'customer.credit',
      'opportunity.read',
      'opportunity.amount',
      'contract.read',
    ] as const
  )
    .map(permission => mark(permission, owner))
    .concat(mark('payment.read', owner), mark('interaction.read', owner)),
);

const KNOWN: Readonly<Record<string, string[]>> = {
  pipeline: ['"default"'],
  currency: ['"CNY"', '"USD"'],
  team: ['"east"', '"west"'],
  region: ['"华东"', '"西南"'],
  externalId: marks.filter(text => text.includes('customer.read')).map(text => JSON.stringify(text)),
  asOf: ['"2026-12-31"'],
  at: ['"2026-12-31"'],
  from: ['"2026-03-01"'],
  to: ['"2026-03-31"'],
  knownOn: ['"2029-12-31"'],
  knownAt: ['"2029-12-31T00:00:00.000Z"'],
  segment: segments.map(({ segment }) => JSON.stringify(segment)),
  cell: cells.map(({ cell }) => JSON.stringify(cell)),
};

type InputObject = Extract<GraphQLInputType, { getFields(): unknown }>;

function objects(name: string, type: InputObject, seeded: readonly Seeded[]): string[] {
  if (/DayRange|DateRange/.test(type.name)) return [WIDE];
  if (type.name === 'AmountRange') return ['{ currency: "CNY", from: 0 }', '{ currency: "USD", from: 0 }'];
  if (type.name === 'CountRange') return ['{ from: 0 }'];
  const fields = Object.values(type.getFields());
  if (name === 'sort') {
    const by = fields.find(field => field.name === 'by')!;
    return samples('by', by.type, seeded).map(value => `{ by: ${value}, direction: DESC }`);
  }
  return fields.flatMap(field =>
    // As a column, and not as the argument of a report.
    samples(`${name}.${field.name}`, field.type, seeded).map(value => `{ ${field.name}: ${value} }`),
  );
}

/** A query with values for each of its arguments, `name: value`. */
export interface Askable {
  readonly operation: string;
  readonly required: readonly (readonly string[])[];
  readonly optional: readonly (readonly string[])[];
  /** Arguments of what hangs on the answer: of the customers of a report. */
  readonly inside: readonly Inside[];
  /** The document with these arguments; `plain`: with all that is answered, else with what tells records apart. */
  readonly ask: (args: readonly string[], plain: boolean, inside?: Inside) => Question;
}

/** An argument of a field of the answer. */
export interface Inside {
  readonly field: string;
  readonly argument: string;
}

export function askablesOf(schema: GraphQLSchema, seeded: readonly Seeded[]): Askable[] {
  return Object.values(schema.getQueryType()!.getFields()).map(field => askable(field, seeded));
}

function askable(field: GraphQLField<unknown, unknown>, seeded: readonly Seeded[]): Askable {
  const valuesOf = (arg: GraphQLArgument) =>
    samples(arg.name === 'id' ? field.name : arg.name, arg.type, seeded).map(value => `${arg.name}: ${value}`);
  const optional = field.args.filter(arg => !isRequiredArgument(arg) && !SKIPPED.includes(arg.name));
  const most = field.args.some(({ name }) => name === 'first') ? ['first: 500'] : [];
  const operation = `Query.${field.name}`;
  return {
    operation,
    required: field.args.filter(isRequiredArgument).map(valuesOf),
    optional: optional.map(valuesOf),
    inside: insideOf(field, seeded),
    ask: (args, plain, inside) => {
      const given = [...most, ...args].join(', ');
      const selected = selectionOf(field.type, plain ? FAR : NEAR);
      const selection = inside
        ? selected.replace(` ${inside.field} {`, ` ${inside.field}(${inside.argument}) {`)
        : selected;
      return { operation, document: `{ ${field.name}${given && `(${given})`}${selection} }`, plain };
    },
  };
}

function insideOf(field: GraphQLField<unknown, unknown>, seeded: readonly Seeded[]): Inside[] {
  const answer = getNamedType(field.type);
  if (!isObjectType(answer)) return [];
  return Object.values(answer.getFields()).flatMap(({ name, args }) =>
    args
      .filter(arg => !SKIPPED.includes(arg.name))
      .flatMap(arg => samples(arg.name, arg.type, seeded).map(value => `${arg.name}: ${value}`))
      .map(argument => ({ field: name, argument })),
  );
}

/** Every query with each value of each of its arguments, one at a time. */
export function questionsTo(schema: GraphQLSchema, seeded: readonly Seeded[]): Question[] {
  return askablesOf(schema, seeded).flatMap(({ required, optional, inside, ask }) => {
    const bases = required.reduce<string[][]>(
      (all, values) => all.flatMap(args => values.map(value => [...args, value])),
      [[]],
    );
    return [
      ...bases.map(base => ask(base, true)),
      ...optional.flat().map(argument => ask([...bases[0]!, argument], false)),
      ...inside.map(one => ask(bases[0]!, false, one)),
    ];
  });
}
