import {
  type GraphQLInputField,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
} from 'graphql';
import { foreign } from './company.js';

type Field = Pick<GraphQLInputField, 'name' | 'type'>;

/** What a mutation says that is about, or on behalf of, somebody else. Whose a new record is to be is said although it need not. */
export const saidOf = (fields: readonly Field[]): Record<string, unknown> =>
  Object.fromEntries(
    fields
      .filter(({ name, type }) => isNonNullType(type) || name === 'ownerId')
      .map(field => [field.name, sampleOf(field)]),
  );

function sampleOf({ name, type }: Field): unknown {
  const named = getNamedType(type);
  if (name in foreign) return foreign[name];
  if (isListType(getNullableType(type))) return [];
  if (isEnumType(named)) return named.getValues()[0]!.name;
  if (isInputObjectType(named)) return saidOf(Object.values(named.getFields()));
  if (!isScalarType(named)) throw new Error(`No value for ${name}.`);
  if (named.name === 'ID') return 'zhou'; // ownerId, employeeId, assigneeId …
  return (
    { Int: 1, Float: 1, Boolean: true, MinorUnits: 100, Date: '2026-03-02', Position: '1' }[named.name] ?? text(name)
  );
}

const text = (name: string) => ({ currency: 'CNY', stage: 'Proposal', email: 'x@example.com' })[name] ?? 'x';
