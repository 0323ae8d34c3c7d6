import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GraphQLField, type GraphQLSchema, getNamedType, isLeafType, isNonNullType } from 'graphql';
import { aggregates } from '#crm/aggregates.js';
import type { CommandClass } from '#event-sourcing/decider.js';
import { ANYBODY } from '#platform/access/allow.js';
import { type Permission, permissions, scopeOf } from '#platform/access/permissions.js';
import { commandDefinition } from '#platform/graphql/command.js';
import { type Running, running } from '#test/operations/running.js';
import { found, tokenOf } from './company.js';
import { operationsOf, rulesOf, schemaOf } from './rules.js';
import { saidOf } from './samples.js';

let api: Running;
let schema: GraphQLSchema;
beforeAll(async () => {
  api = await running();
  await found(api);
  schema = await schemaOf(api);
});
afterAll(() => api?.close());

const mutations = () => Object.values(schema.getMutationType()!.getFields());

/** The codes with which somebody's mutation is answered; none for one that was done. */
async function codesOf(authorization: string, { name, args, type }: GraphQLField<unknown, unknown>) {
  const needed = args.filter(({ type }) => isNonNullType(type));
  const variables = saidOf(needed);
  const declared = needed.map(arg => `$${arg.name}: ${arg.type}`).join(', ');
  const given = needed.map(arg => `${arg.name}: $${arg.name}`).join(', ');
  const selection = isLeafType(getNamedType(type)) ? '' : '{ __typename }';
  const call = given ? `${name}(${given})` : name;
  const query = `mutation ${declared ? `(${declared})` : ''} { ${call} ${selection} }`;
  const headers = { 'content-type': 'application/json', authorization };
  const body = JSON.stringify({ query, variables });
  const answer = await fetch(`${api.origin}/graphql`, { method: 'POST', headers, body });
  const { errors = [] } = (await answer.json()) as { errors?: { extensions: { code: string } }[] };
  return errors.map(({ extensions }) => extensions.code);
}

/** Permissions that change something: those of commands, and of the operation of projections and of erasure. */
function changing(): ReadonlySet<Permission> {
  const commands = aggregates.flatMap(({ commands }) => Object.values(commands) as CommandClass[]);
  return new Set([
    ...commands.map(command => commandDefinition(command).allow),
    'projections.operate',
    'personal.erase',
  ]);
}

/** What a person asks to know about themselves is put together by whoever answers it, not looked at by auditors. */
const NOT_FOR_AUDITORS: readonly Permission[] = ['personal.read'];

describe('An auditor', () => {
  it('is refused every mutation of the schema, and nothing is appended', async () => {
    const authorization = `Bearer ${await tokenOf(api, 'auditor@corp.example')}`;
    const before = await api.system.store.head();
    const answers = new Map<string, readonly string[]>();
    for (const mutation of mutations()) answers.set(mutation.name, await codesOf(authorization, mutation));
    expect(answers.size).toBeGreaterThan(40);
    expect([...answers].filter(([, codes]) => codes.join() !== 'FORBIDDEN')).toEqual([]);
    expect(await api.system.store.head()).toBe(before);
  });

  it('would not be found out by mutations that nobody may send', async () => {
    // The control: an administrator gets further with the same mutations, and changes something with some.
    const before = await api.system.store.head();
    const codes = [];
    for (const mutation of mutations()) codes.push(...(await codesOf(api.authorization, mutation)));
    expect(codes.filter(code => code === 'FORBIDDEN' || code === 'GRAPHQL_VALIDATION_FAILED')).toEqual([]);
    expect(await api.system.store.head()).toBeGreaterThan(before + 10n);
  });

  it('may read everything, every field, of all records, and has no permission that changes anything', () => {
    const changes = changing();
    const [may, mayNot] = [true, false].map(may =>
      permissions.filter(permission => (scopeOf('auditor', permission) === 'all') === may),
    );
    expect(may!.filter(permission => changes.has(permission))).toEqual([]);
    expect(mayNot!.filter(permission => !changes.has(permission))).toEqual(NOT_FOR_AUDITORS);
  });

  it('may ask every query and subscribe to everything', () => {
    const rules = rulesOf();
    const reads = operationsOf(schema).filter(operation => !operation.startsWith('Mutation.'));
    expect(reads.length).toBeGreaterThan(20);
    const ruled = reads.filter(operation => rules.get(operation) !== ANYBODY);
    const kept = ruled.filter(operation => scopeOf('auditor', rules.get(operation) as Permission) !== 'all');
    expect(kept.filter(operation => !NOT_FOR_AUDITORS.includes(rules.get(operation) as Permission))).toEqual([]);
  });
});
