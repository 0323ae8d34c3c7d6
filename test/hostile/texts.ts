import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { asked, type Sent } from './production.js';

/** A place in the schema where a client may put a text. */
export interface TextPlace {
  /** `Mutation.captureLead(input.name)` */
  readonly name: string;
  readonly root: 'query' | 'mutation' | 'subscription';
  /** As errors name it: `name`, `filter.ids.0`. */
  readonly field: string;
  /** The operation with that text there, and with something plain wherever something is needed. */
  holding(text: string): Sent;
}

type Input = GraphQLArgument | GraphQLInputField;

const PLAIN: Readonly<Record<string, unknown>> = {
  Int: 1,
  Float: 1,
  Boolean: true,
  MinorUnits: 100,
  Date: '2026-03-02',
  DateTime: '2026-03-02T00:00:00Z',
  Position: '0',
};

function plain({ name, type }: Input): unknown {
  const named = getNamedType(type);
  if (isListType(getNullableType(type))) return [];
  if (isEnumType(named)) return named.getValues()[0]!.name;
  if (isInputObjectType(named)) return withRequired(Object.values(named.getFields()));
  return PLAIN[named.name] ?? (name === 'currency' ? 'CNY' : 'x');
}

const withRequired = (inputs: readonly Input[]): Record<string, unknown> =>
  Object.fromEntries(inputs.filter(({ type }) => isNonNullType(type)).map(input => [input.name, plain(input)]));

/** The paths to texts below an input, each with how a value is built around one. */
function textsIn({ name, type }: Input): { path: string[]; around: (text: string) => unknown }[] {
  const named = getNamedType(type);
  const isList = isListType(getNullableType(type));
  const wrap = (value: unknown) => (isList ? [value] : value);
  const here = isList ? [name, '0'] : [name];
  if (named.name === 'String' || named.name === 'ID') return [{ path: here, around: wrap }];
  if (!isInputObjectType(named)) return [];
  const fields = Object.values(named.getFields());
  return fields.flatMap(field =>
    textsIn(field).map(({ path, around }) => ({
      path: [...here, ...path],
      around: (text: string) => wrap({ ...withRequired(fields), [field.name]: around(text) }),
    })),
  );
}

type AnyField = GraphQLField<unknown, unknown>;
const selectionOf = (type: GraphQLField<unknown, unknown>['type']) =>
  isCompositeType(getNamedType(type)) ? ' { __typename }' : '';
const typeOf = (type: GraphQLInputType) => String(type);

/** Every argument and field of an input that takes texts, of all operations and of the fields that their answers have. */
export function textPlaces(): readonly TextPlace[] {
  const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots.flatMap((type, index) => {
    const root = (['query', 'mutation', 'subscription'] as const)[index]!;
    return Object.values(type!.getFields()).flatMap(field => [
      ...placesOf(root, field),
      ...innerFields(field).flatMap(inner => placesOf(root, inner, field)),
    ]);
  });
}

const innerFields = (field: AnyField): AnyField[] => {
  const type = getNamedType(field.type);
  return isObjectType(type) ? Object.values(type.getFields()).filter(({ args }) => args.length > 0) : [];
};

function placesOf(root: TextPlace['root'], field: AnyField, outer?: AnyField): TextPlace[] {
  return field.args.flatMap(argument =>
    textsIn(argument).map(({ path, around }) => ({
      name: `${[outer?.name, field.name].filter(Boolean).join('.')}(${path.join('.')})`,
      root,
      field: (path[0] === 'input' ? path.slice(1) : path).join('.'),
      holding: text => {
        const variables = { ...withRequired(field.args), [argument.name]: around(text) };
        return asked(document(root, field, Object.keys(variables), outer), { ...variables, ...outerArguments(outer) });
      },
    })),
  );
}

const outerArguments = (outer: AnyField | undefined) =>
  Object.fromEntries(Object.entries(withRequired(outer?.args ?? [])).map(([name, value]) => [`outer_${name}`, value]));

function document(root: string, field: AnyField, names: readonly string[], outer?: AnyField): string {
  const declared = field.args
    .filter(({ name }) => names.includes(name))
    .map(({ name, type }) => `$${name}: ${typeOf(type)}`);
  const given = names.map(name => `${name}: $${name}`).join(', ');
  const inner = `${field.name}(${given})${selectionOf(field.type)}`;
  if (!outer) return `${root} (${declared.join(', ')}) { ${inner} }`;
  const needed = outer.args.filter(({ type }) => isNonNullType(type));
  const outerDeclared = needed.map(({ name, type }) => `$outer_${name}: ${typeOf(type)}`);
  const outerGiven = needed.map(({ name }) => `${name}: $outer_${name}`).join(', ');
  const around = outerGiven ? `${outer.name}(${outerGiven})` : outer.name;
  return `${root} (${[...declared, ...outerDeclared].join(', ')}) { ${around} { ${inner} } }`;
}
