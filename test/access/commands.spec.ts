import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
import { aggregates } from '#crm/aggregates.js';
import type { CommandClass } from '#event-sourcing/decider.js';
import { Refusal } from '#event-sourcing/refusal.js';
import { type Permission, type Role, scopeOf } from '#platform/access/permissions.js';
import { type CommandDefinition, commandDefinition, type Envelope } from '#platform/graphql/command.js';
import { type Running, running } from '#test/operations/running.js';
import { foreign, found, people, tokenOf } from './company.js';
import { schemaOf } from './rules.js';

interface Try {
  readonly mutation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly type: CommandClass<Envelope>;
  readonly definition: CommandDefinition;
}

/** What a command says that is sent about, or on behalf of, the records of somebody else. */
function sampleOf({ name, type }: GraphQLInputField): unknown {
  const named = getNamedType(type);
  if (name in foreign) return foreign[name];
  if (isListType(getNullableType(type))) return [];
  if (isEnumType(named)) return named.getValues()[0]!.name;
  if (isInputObjectType(named))
    return Object.fromEntries(Object.values(named.getFields()).map(field => [field.name, sampleOf(field)]));
  if (!isScalarType(named)) throw new Error(`No value for ${name}.`);
  if (named.name === 'ID') return 'zhou'; // ownerId, employeeId, leaderId …
  return { Int: 1, Float: 1, Boolean: true, MinorUnits: 100, Date: '2026-03-02' }[named.name] ?? text(name);
}

const text = (name: string) => ({ currency: 'CNY', stage: 'Proposal', email: 'x@example.com' })[name] ?? 'x';

let api: Running;
let tries: readonly Try[];
beforeAll(async () => {
  api = await running();
  await found(api);
  const mutations = (await schemaOf(api)).getMutationType()!.getFields();
  const commands = aggregates.flatMap(({ commands }) => Object.values(commands) as CommandClass<Envelope>[]);
  tries = Object.entries(mutations).map(([mutation, { args }]) => {
    const type = commands.find(({ name }) => name[0]!.toLowerCase() + name.slice(1) === mutation);
    if (!type) throw new Error(`${mutation} is no command: test it, too.`);
    const definition = commandDefinition(type);
    const input = getNamedType(args[0]!.type);
    const fields = isInputObjectType(input) ? Object.values(input.getFields()) : [];
    // A new record is to be somebody else's: what says whose it is does not have to be said.
    const said = fields.filter(({ name, type }) => isNonNullType(type) || name === 'ownerId');
    return { mutation, definition, type, input: Object.fromEntries(said.map(field => [field.name, sampleOf(field)])) };
  });
});
afterAll(() => api?.close());

interface Answer {
  readonly code?: string;
  readonly message?: string;
  readonly changed: boolean;
}
type Send = (one: Try) => Promise<Omit<Answer, 'changed'>>;

async function sent(send: Send, one: Try): Promise<Answer> {
  const before = await api.system.store.head();
  const answer = await send(one);
  return { ...answer, changed: (await api.system.store.head()) !== before };
}

const overHttp =
  (token: string): Send =>
  async ({ mutation, input, type }) => {
    const query = `mutation ($input: ${type.name}Input!) { ${mutation}(input: $input) { id } }`;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = JSON.stringify({ query, variables: { input } });
    const answer = await fetch(`${api.origin}/graphql`, { method: 'POST', headers, body });
    const { errors } = (await answer.json()) as { errors?: { message: string; extensions: { code: string } }[] };
    return { code: errors?.[0]?.extensions.code, message: errors?.[0]?.message };
  };

/** Why an answer is wrong for a role that may not do it, at least not with these records; undefined where it is right. */
function fault(role: Role, { mutation, definition }: Try, { code, message, changed }: Answer): string | undefined {
  const scope = scopeOf(role, definition.allow);
  const told = `${role} ${mutation}: ${code} ${message}`;
  if (changed) return `${told}, and something was appended`;
  if (!scope) return code === 'FORBIDDEN' ? undefined : told;
  const likeMissing = code === 'NOT_FOUND' && /^There is no \w+ [\w-]+\.$/.test(message ?? '');
  const notForOthers = definition.newId && code === 'FORBIDDEN';
  return likeMissing || notForOthers ? undefined : told;
}

/** All that a role may not do with records of others. */
const refusable = (role: Role) => tries.filter(({ definition }) => scopeOf(role, definition.allow) !== 'all');

describe('Every command, sent by every role about the records of others', () => {
  it.each(people)('is refused for $role as the table says, and appends nothing', async ({ role, email }) => {
    const send = overHttp(await tokenOf(api, email));
    const faults = [];
    for (const one of refusable(role)) faults.push(fault(role, one, await sent(send, one)));
    expect(faults.filter(Boolean)).toEqual([]);
  });

  it('looks to whoever may not see the record like one that is missing', async () => {
    const send = overHttp(await tokenOf(api, 'salesperson@corp.example'));
    const own = refusable('salesperson').filter(
      ({ definition }) => scopeOf('salesperson', definition.allow) && !definition.newId,
    );
    expect(own.length).toBeGreaterThan(15);
    for (const one of own) {
      const missing = Object.fromEntries(
        Object.entries(one.input).map(([field, value]) => [field, value === foreign[field] ? 'missing' : value]),
      );
      const [theirs, nobodys] = [await send(one), await send({ ...one, input: missing })];
      expect(theirs.message?.replace(/[\w-]+-foreign/, 'missing')).toBe(nobodys.message);
      expect(theirs.code).toBe(nobodys.code);
    }
  });

  it('would not be found out by a test that sees nothing', async () => {
    // The control: the same commands by a role that may do everything, as an executor that asks nobody would let them through.
    const unchecked: Send = async ({ type, input }) => {
      try {
        await api.system.executor.send(type, input, { actor: { id: 'control', role: 'system' } });
        return {};
      } catch (error) {
        if (error instanceof Refusal) return { code: error.code, message: error.message };
        throw error;
      }
    };
    const faults = [];
    for (const one of refusable('salesperson')) faults.push(fault('salesperson', one, await sent(unchecked, one)));
    expect(faults.filter(Boolean).length).toBeGreaterThan(refusable('salesperson').length / 2);
  });
});

describe('Permissions of commands', () => {
  it('are all held by the administrator', () => {
    const missing = tries.filter(
      ({ definition }) => scopeOf('administrator', definition.allow as Permission) !== 'all',
    );
    expect(missing).toEqual([]);
  });
});
