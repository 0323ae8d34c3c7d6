import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DraftContract } from '#crm/contract/contract.commands.js';
import { LogInteraction } from '#crm/interaction/interaction.commands.js';
import { ReceivePayment } from '#crm/payment/payment.commands.js';
import { AssignTask } from '#crm/task/task.commands.js';
import { type Role, scopeOf } from '#platform/access/permissions.js';
import { systemViewer } from '#platform/access/viewer.js';
import { projections } from '#read-models/read-models.js';
import { type Running, running } from '#test/operations/running.js';
import { type Tried, tried } from './outcomes/commands.js';
import { type Ask, as } from './reads/asking.js';
import { letInOthers, people, populate } from './reads/world.js';

interface Subject {
  readonly kind: string;
  readonly id: string;
  readonly owner: string;
  /** Only for this role: what is retracted once is gone for all. */
  readonly role?: Role;
}

let api: Running;
let subjects: readonly Subject[];
beforeAll(async () => {
  api = await running();
  api.project();
  const { executor, reading, store } = api.system;
  const seeded = await populate(api);
  await letInOthers(api);
  // Beside the opportunities: everything else of the one for a customer of the other.
  const crossed: Subject[] = [];
  const system = { actor: { id: 'seed', role: 'system' } };
  const amount = { minor: 1, currency: 'CNY' };
  for (const [owner, whose] of [
    ['zhou', 'salesperson'],
    ['salesperson', 'zhou'],
    ['zhou', 'lin'],
  ] as const) {
    const customerId = `customer-${whose}`;
    const id = (kind: string) => {
      crossed.push({ kind, id: `${kind}-${owner}-${whose}`, owner });
      return `${kind}-${owner}-${whose}`;
    };
    const send = (type: new () => never, input: object) => executor.send(type, { customerId, ...input }, system);
    await send(DraftContract as never, { contractId: id('contract'), ownerId: owner, amount });
    await send(ReceivePayment as never, { paymentId: id('payment'), ownerId: owner, amount });
    for (const { role } of people) {
      const interactionId = `interaction-${role}-${owner}-${whose}`;
      await send(LogInteraction as never, { interactionId, employeeId: owner, kind: 'CALL' });
      crossed.push({ kind: 'interaction', id: interactionId, owner, role });
    }
    await send(AssignTask as never, { taskId: id('task'), title: 'x', assigneeId: owner });
  }
  const others = seeded.filter(({ kind }) => kind !== 'interactions');
  subjects = [...others.map(({ id, owner }) => ({ kind: id.split('-')[0]!, id, owner })), ...crossed];
  await reading.at(systemViewer(), projections, await store.head());
}, 60_000);
afterAll(() => api?.close());

const commands = tried().filter(({ creates }) => !creates);
/** Who would have the record after a command that gives it away; here it stays with whom it belongs to. */
const OWNERS = ['ownerId', 'assigneeId'];

/** Of the commands about a kind of record that a role may send, one for each scope: in memory all of them are tried. */
function sentBy(role: Role, kind: string): readonly Tried[] {
  const theirs = commands.filter(command => command.kind === kind && scopeOf(role, command.permission));
  return [...new Map(theirs.map(command => [scopeOf(role, command.permission), command])).values()];
}

/** The input in GraphQL. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value).map(([name, part]) => `${name}: ${written(part)}`)} }`;
}

/** For each record and command: whether it was seen, and the code of the answer. */
async function answersTo(ask: Ask, role: Role) {
  const answers: { readonly what: string; readonly seen: boolean; readonly code: string }[] = [];
  for (const { kind, id, owner } of subjects.filter(subject => (subject.role ?? role) === role)) {
    const { data } = await ask(`{ ${kind}(id: "${id}") { id } }`);
    const seen = Boolean(data?.[kind]);
    for (const { mutation, input } of sentBy(role, kind)) {
      const giving = OWNERS.find(field => field in input);
      if (owner === 'nobody' && giving) continue;
      const said = written({ ...input, [`${kind}Id`]: id, ...(giving && { [giving]: owner }) });
      const { errors } = await ask(`mutation { ${mutation}(input: ${said}) { id } }`);
      const missing = errors?.[0]?.message === `There is no ${kind} ${id}.`;
      const code = missing ? 'NOT_FOUND' : errors?.[0]?.extensions.code === 'FORBIDDEN' ? 'FORBIDDEN' : 'DONE';
      answers.push({ what: `${role} ${mutation} ${id}`, seen, code });
    }
  }
  return answers;
}

describe('A record over HTTP', () => {
  it.each(people)(
    'is missing for a command of $role if, and only if, the query by its id does not find it',
    async person => {
      const answers = await answersTo(await as(api, person), person.role);
      expect(answers.filter(({ seen, code }) => seen === (code === 'NOT_FOUND'))).toEqual([]);
      const seenOnly = answers.filter(({ code }) => code === 'FORBIDDEN');
      if (person.role === 'service') expect(seenOnly.length).toBe(3);
      else expect(seenOnly).toEqual([]);
    },
    60_000,
  );
});
