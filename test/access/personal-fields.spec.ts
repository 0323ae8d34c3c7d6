import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GraphQLSchema, getNamedType, isObjectType } from 'graphql';
import {
  impersonalFields,
  impersonalTypes,
  personalFields,
  personalOperations,
} from '#read-models/access-log/personal-fields.js';
import { type Running, running } from '#test/operations/running.js';
import { schemaOf } from './rules.js';

let api: Running;
let schema: GraphQLSchema;
beforeAll(async () => {
  api = await running();
  schema = await schemaOf(api);
});
afterAll(() => api?.close());

const outputs = () =>
  Object.values(schema.getTypeMap()).filter(
    type => isObjectType(type) && !type.name.startsWith('__') && type !== schema.getMutationType(),
  );

/** Texts and documents of which nobody has said whether they tell something about a person. */
function undecided(personal: typeof personalFields): string[] {
  return outputs().flatMap(type => {
    if (!isObjectType(type) || impersonalTypes.includes(type.name)) return [];
    return Object.values(type.getFields())
      .filter(({ type: of }) => ['String', 'JSON'].includes(getNamedType(of).name))
      .filter(({ name }) => !personal[type.name]?.includes(name))
      .filter(({ name }) => ![name, `${type.name}.${name}`].some(said => impersonalFields.includes(said)))
      .map(({ name }) => `${type.name}.${name}`);
  });
}

describe('Texts in answers', () => {
  it('are said to be personal, or not to be', () => {
    expect(undecided(personalFields)).toEqual([]);
  });

  it('are found out where nobody said it', () => {
    const { Contact: _, ...others } = personalFields;
    expect(undecided(others)).toEqual(['Contact.email', 'Contact.name', 'Contact.phone']);
  });

  it('are there in the schema', () => {
    const missing = Object.entries(personalFields).flatMap(([name, fields]) => {
      const type = schema.getType(name);
      return fields.filter(field => !isObjectType(type) || !type.getFields()[field]).map(field => `${name}.${field}`);
    });
    expect(missing).toEqual([]);
    const queries = Object.keys(schema.getQueryType()!.getFields());
    expect(personalOperations.filter(name => !queries.includes(name))).toEqual([]);
  });
});
