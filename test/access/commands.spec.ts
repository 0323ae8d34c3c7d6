import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphQLField } from 'graphql';
import { aggregates } from '#crm/aggregates.js';
import type { CommandClass } from '#event-sourcing/decider.js';
import { Refusal } from '#event-sourcing/refusal.js';
import { type Permission, type Role, scopeOf } from '#platform/access/permissions.js';
import { commandDefinition, type Envelope } from '#platform/graphql/command.js';
import { type Running, running } from '#test/operations/running.js';
import { foreign, found, people, tokenOf } from './company.js';
import { rulesOf, schemaOf } from './rules.js';
import { saidOf } from './samples.js';

interface Try {
  readonly mutation: string;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly permission: Permission;
  /** The command that the mutation is; the others look after read models, and have no records. */
  readonly command?: CommandClass<Envelope>;
  readonly creates: boolean;
}

const commands = new Map(
  aggregates
    .flatMap(({ commands }) => Object.values(commands) as CommandClass<Envelope>[])
    .map(command => [command.name[0]!.toLowerCase() + command.name.slice(1), command]),
);

function tryOf({ name: mutation, args }: GraphQLField<unknown, unknown>, permission: Permission): Try {
  const command = commands.get(mutation);
  const declared = args.map(({ name, type }) => `$${name}: ${type}`);
  const given = args.map(({ name }) => `${name}: $${name}`);
  return {
    mutation,
    document: `mutation (${declared}) { ${mutation}(${given}) { __typename } }`,
    variables: saidOf(args),
    permission,
    command,
    creates: Boolean(command && commandDefinition(command).newId),
  };
}

let api: Running;
let tries: readonly Try[];
beforeAll(async () => {
  api = await running();
  await found(api);
  const rules = rulesOf();
  const mutations = (await schemaOf(api)).getMutationType()!.getFields();
  tries = Object.values(mutations).map(field => tryOf(field, rules.get(`Mutation.${field.name}`) as Permission));
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
  async ({ document, variables }) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = JSON.stringify({ query: document, variables });
    const answer = await fetch(`${api.origin}/graphql`, { method: 'POST', headers, body });
    const { errors } = (await answer.json()) as { errors?: { message: string; extensions: { code: string } }[] };
    return { code: errors?.[0]?.extensions.code, message: errors?.[0]?.message };
  };

/** Why an answer is wrong for a role that may not do it, at least not with these records; undefined where it is right. */
function fault(
  role: Role,
  { mutation, permission, creates }: Try,
  { code, message, changed }: Answer,
): string | undefined {
  const scope = scopeOf(role, permission);
  const told = `${role} ${mutation}: ${code} ${message}`;
  if (changed) return `${told}, and something was appended`;
  if (!scope) return code === 'FORBIDDEN' ? undefined : told;
  // What is seen and must not be changed is forbidden in so many words.
  const seen = scopeOf(role, `${permission.split('.')[0]}.read` as Permission) === 'all';
  if (seen) return code === 'FORBIDDEN' ? undefined : told;
  const likeMissing = code === 'NOT_FOUND' && /^There is no \w+ [\w-]+\.$/.test(message ?? '');
  const notForOthers = creates && code === 'FORBIDDEN';
  return likeMissing || notForOthers ? undefined : told;
}

/** All that a role may not do with records of others. */
const refusable = (role: Role) => tries.filter(({ permission }) => scopeOf(role, permission) !== 'all');

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
      ({ permission, creates }) => scopeOf('salesperson', permission) && !creates,
    );
    expect(own.length).toBeGreaterThan(15);
    for (const one of own) {
      const input = one.variables.input as Record<string, unknown>;
      const missing = Object.fromEntries(
        Object.entries(input).map(([field, value]) => [field, value === foreign[field] ? 'missing' : value]),
      );
      const [theirs, nobodys] = [await send(one), await send({ ...one, variables: { input: missing } })];
      expect(theirs.message?.replace(/[\w-]+-foreign/, 'missing')).toBe(nobodys.message);
      expect(theirs.code).toBe(nobodys.code);
    }
  });

  it('would not be found out by a test that sees nothing', async () => {
    // The control: the same commands by a role that may do everything, as an executor that asks nobody would let them through.
    const unchecked: Send = async ({ command, variables: { input } }) => {
      try {
        await api.system.executor.send(command!, input as object, { actor: { id: 'control', role: 'system' } });
        return {};
      } catch (error) {
        if (error instanceof Refusal) return { code: error.code, message: error.message };
        throw error;
      }
    };
    const faults = [];
    const refused = refusable('salesperson').filter(({ command }) => command);
    for (const one of refused) faults.push(fault('salesperson', one, await sent(unchecked, one)));
    expect(faults.filter(Boolean).length).toBeGreaterThan(refused.length / 2);
  });
});

describe('Permissions of mutations', () => {
  it('are all held by the administrator', () => {
    expect(tries.filter(({ permission }) => scopeOf('administrator', permission) !== 'all')).toEqual([]);
  });
});
