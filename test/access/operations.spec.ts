import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Query, Resolver } from '@nestjs/graphql';
import { isObjectType } from 'graphql';
import { ANYBODY } from '#platform/access/allow.js';
import { guardedFields, permissions } from '#platform/access/permissions.js';
import { type Running, running } from '#test/operations/running.js';
import { operationsOf, rulesOf, schemaOf } from './rules.js';

let api: Running;
beforeAll(async () => {
  api = await running();
});
afterAll(() => api?.close());

describe('Every operation of the schema', () => {
  it('says which permission it needs', async () => {
    const rules = rulesOf();
    const operations = operationsOf(await schemaOf(api));
    expect(operations.length).toBeGreaterThan(70);
    const known = new Set<string | undefined>(permissions);
    expect(operations.filter(operation => !known.has(rules.get(operation)))).toEqual(['Query.me']);
    expect(rules.get('Query.me')).toBe(ANYBODY);
  });

  it('is found out when it does not', () => {
    @Resolver()
    class Forgotten {
      @Query(() => String)
      everything() {
        return 'secret';
      }
    }
    expect([...rulesOf([Forgotten])]).toEqual([['Query.everything', undefined]]);
  });

  it('guards only fields that there are', async () => {
    const schema = await schemaOf(api);
    for (const [resource, fields] of Object.entries(guardedFields)) {
      const type = schema.getType(`${resource[0]!.toUpperCase()}${resource.slice(1)}`);
      expect(isObjectType(type) ? Object.keys(type.getFields()) : []).toEqual(
        expect.arrayContaining(Object.keys(fields)),
      );
    }
  });
});
