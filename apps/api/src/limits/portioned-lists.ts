import {
  defaultFieldResolver,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
} from 'graphql';
import type { Turns } from './turns.js';

/** Entries of a list that are answered in one go: about a millisecond of work. */
const PORTION = 50;

/**
 * The schema in which long lists are answered in portions. GraphQL answers a list of objects without ever pausing, and meanwhile nobody else
 * is served; between two portions of whatever list everybody gets their turn.
 */
export function withPortionedLists(schema: GraphQLSchema, turns: Turns): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!isListType(getNullableType(field.type)) || !isObjectType(getNamedType(field.type))) continue;
      const { resolve = defaultFieldResolver } = field;
      field.resolve = (...given) => {
        const found: unknown = resolve(...given);
        return found instanceof Promise ? found.then(list => inPortions(list, turns)) : inPortions(found, turns);
      };
    }
  }
  return schema;
}

function inPortions(list: unknown, turns: Turns): unknown {
  if (!Array.isArray(list) || list.length <= PORTION) return list;
  let turn: Promise<void>;
  return list.map((entry, index) => {
    if (index % PORTION === 0) turn = turns.next();
    return turn.then(() => entry);
  });
}
