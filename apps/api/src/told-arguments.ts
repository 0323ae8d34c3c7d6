import {
  type GraphQLInputType,
  type GraphQLResolveInfo,
  GraphQLString,
  getNamedType,
  isInputObjectType,
} from 'graphql';

const MANY = 20;
const LONG = 100;

/**
 * The arguments of an operation as the access log keeps them: ids, days, amounts, choices. Texts are left out, because somebody may
 * have searched for a telephone number, and the log could not forget it; so are those of cursors, which hold values of records.
 */
export function toldArguments(
  { parentType, fieldName }: GraphQLResolveInfo,
  given: Readonly<Record<string, unknown>>,
): object {
  const types = new Map(parentType.getFields()[fieldName]?.args.map(({ name, type }) => [name, type]));
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value == null ? [] : [[name, told(value, types.get(name))]])),
  );
}

function told(value: unknown, type: GraphQLInputType | undefined): unknown {
  if (value == null) return value;
  if (Array.isArray(value)) {
    const items = value.slice(0, MANY).map(item => told(item, type));
    return value.length > MANY ? [...items, `… ${value.length - MANY} more`] : items;
  }
  const named = type && getNamedType(type);
  if (isInputObjectType(named))
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, inner]) =>
        inner == null ? [] : [[name, told(inner, named.getFields()[name]?.type)]],
      ),
    );
  if (!named || named === GraphQLString || named.name === 'String') return '…';
  return typeof value === 'bigint' ? String(value) : typeof value === 'string' ? value.slice(0, LONG) : value;
}
