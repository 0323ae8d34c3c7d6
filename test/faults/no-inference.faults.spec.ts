import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChangeCustomerProfile, RegisterCustomer } from '#crm/customer/customer.commands.js';
import { LogInteraction } from '#crm/interaction/interaction.commands.js';
import { CaptureLead } from '#crm/lead/lead.commands.js';
import {
  AdvanceStage,
  LoseOpportunity,
  OpenOpportunity,
  WinOpportunity,
} from '#crm/opportunity/opportunity.commands.js';
import { ReceivePayment, ReversePayment } from '#crm/payment/payment.commands.js';
import { DefinePipeline } from '#crm/pipeline/pipeline.commands.js';
import { AssignTask } from '#crm/task/task.commands.js';
import { ANYBODY } from '#platform/access/allow.js';
import { scopeOf } from '#platform/access/permissions.js';
import { systemViewer } from '#platform/access/viewer.js';
import type { Envelope } from '#platform/graphql/command.js';
import { lists } from '#read-models/directory/lists.js';
import { projections } from '#read-models/read-models.js';
import type { Reading } from '#read-models/shared/reading.js';
import { allowWholeDocuments } from '#test/access/reads/whole-documents.js';
import { type Running, running } from '#test/operations/running.js';
import { as, cursorsOf } from '../access/reads/asking.js';
import { type Askable, askablesOf, type Question } from '../access/reads/questions.js';
import { letInOthers, type Person, people, populate } from '../access/reads/world.js';
import { rulesOf, schemaOf } from '../access/rules.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

/** Whoever sees not all: of the records of `zhou`, who works in another region, nothing. */
const ROLES = ['salesperson', 'teamLeader', 'regionalManager', 'external'];
const asking = people.filter(({ role }) => ROLES.includes(role));
const QUESTIONS = trials({ short: 60, full: 500 });
/** Of all that they ask, so many times something else is changed. */
const ROUNDS = 2;

let api: Running;
let askables: readonly Askable[];
let count = 0;
beforeAll(async () => {
  allowWholeDocuments();
  api = await running();
  api.project();
  // A second one: which of them a report is about must not depend on where others' opportunities are.
  await send(DefinePipeline, { pipelineId: 'second', name: '第二', stages: [{ stage: 'Proposal', name: '方案' }] });
  const seeded = await populate(api);
  await letInOthers(api);
  askables = await withCursors(askablesOf(await schemaOf(api), seeded));
}, PATIENCE_MS);
afterAll(() => api?.close());

const send = <Command extends Envelope>(type: new () => Command, input: object) =>
  api.system.executor.send(type, input, { actor: { id: 'others', role: 'system' } });

/** With cursors of all records, also of those that whoever asks does not see. */
async function withCursors(known: readonly Askable[]): Promise<Askable[]> {
  const all = await as(api, people.find(({ role }) => role === 'administrator')!);
  const paged: Askable[] = [];
  for (const askable of known) {
    const list = askable.operation.slice('Query.'.length);
    const cursors = list in lists ? await cursorsOf(all, list) : [];
    paged.push({ ...askable, optional: [...askable.optional, cursors.map(cursor => `after: "${cursor}"`)] });
  }
  return paged;
}

/** Something about the records of `zhou` changes: there are more, other amounts and currencies, other stages, names and ends. */
async function othersWork(chance: Chance): Promise<void> {
  const ownerId = 'zhou';
  const amount = { minor: chance.between(1, 9_999_999), currency: chance.pick(['CNY', 'USD', 'EUR']) };
  for (let lead = chance.between(1, 5); lead > 0; lead--)
    await send(CaptureLead, { name: `l${++count}`, source: `s${count}`, ownerId, region: '西南' });
  const customerId = `secret-${++count}`;
  await send(RegisterCustomer, {
    customerId,
    name: `c${count}`,
    ownerId,
    industry: `i${count}`,
    externalId: '@customer.read@lin@',
  });
  await send(ChangeCustomerProfile, { customerId: 'customer-zhou', name: `n${count}`, scale: `s${count}` });
  const opportunityId = `o${count}`;
  const pipelineId = chance.pick(['default', 'second']);
  await send(OpenOpportunity, { opportunityId, customerId, ownerId, amount, pipelineId, source: `s${count}` });
  if (pipelineId === 'default') await send(AdvanceStage, { opportunityId, stage: 'Negotiation' });
  if (chance.pick([true, false])) await send(WinOpportunity, { opportunityId, amount });
  else await send(LoseOpportunity, { opportunityId, reason: `r${count}` });
  const paymentId = `p${count}`;
  await send(ReceivePayment, { paymentId, customerId, ownerId, amount });
  if (chance.pick([true, false])) await send(ReversePayment, { paymentId, reason: 'x' });
  await send(ReceivePayment, { customerId: 'customer-zhou', ownerId, amount, paidOn: '2026-03-05' });
  await send(LogInteraction, { customerId, employeeId: ownerId, kind: 'VISIT' });
  await send(AssignTask, { title: `t${count}`, assigneeId: ownerId, customerId });
  await api.system.reading.at(systemViewer(), projections, await api.system.store.head());
}

/** Any query that somebody may ask, with any of its arguments. */
function randomQuestion(chance: Chance, { role }: Person): Question {
  const rules = rulesOf();
  const { required, optional, inside, ask } = chance.pick(
    askables.filter(({ operation }) => {
      const rule = rules.get(operation)!;
      return rule === ANYBODY || scopeOf(role, rule);
    }),
  );
  const given = [...required, ...optional.filter(values => values.length > 0 && chance.chance(0.3))];
  return ask(
    given.map(values => chance.pick(values)),
    chance.chance(0.3),
    inside.length > 0 && chance.chance(0.5) ? chance.pick(inside) : undefined,
  );
}

/** The questions of one person to which the answer is another one after others have worked. */
async function inferred(person: Person, documents: readonly string[], change: () => Promise<void>): Promise<string[]> {
  const ask = await as(api, person);
  const answers = async () => {
    const found: string[] = [];
    for (const document of documents) found.push(JSON.stringify(await ask(document)));
    return found;
  };
  const before = await answers();
  await change();
  const after = await answers();
  return documents.filter((_, place) => before[place] !== after[place]);
}

describe('What somebody does not see', () => {
  it(
    'changes no answer, not by a byte',
    async () => {
      const chance = new Chance();
      const each = Math.ceil(QUESTIONS / ROUNDS / asking.length);
      const told: string[] = [];
      let asked = 0;
      for (let round = 0; round < ROUNDS; round++)
        for (const person of asking) {
          const documents = Array.from({ length: each }, () => randomQuestion(chance, person).document);
          asked += documents.length;
          const changed = await inferred(person, documents, () => othersWork(chance));
          told.push(...changed.map(document => `${person.role}: ${document}`));
        }
      report('no inference', chance, { questions: asked, 'answers that differ': told.length });
      expect(told).toEqual([]);
      expect(asked).toBeGreaterThanOrEqual(QUESTIONS);
    },
    PATIENCE_MS,
  );

  it(
    'would be found out if totals, lists or reports were made of everything',
    async () => {
      const chance = new Chance();
      const { reading } = api.system;
      const at = reading.at;
      const everything: Reading['at'] = (_, ...rest) => at.call(reading, systemViewer(), ...rest) as never;
      const salesperson = asking.find(({ role }) => role === 'salesperson')!;
      const plain = ['leads', 'customers', 'opportunities', 'funnel', 'leadFunnel', 'closings', 'stageFlow'];
      const documents = askables
        .filter(({ operation }) => plain.includes(operation.slice('Query.'.length)))
        .map(
          ({ required, ask }) =>
            ask(
              required.map(([first]) => first!),
              false,
            ).document,
        );
      reading.at = everything;
      try {
        const changed = await inferred(salesperson, documents, async () => {
          // Often enough that something happens to everything.
          for (let time = 0; time < 12; time++) await othersWork(chance);
        });
        report('no inference, control', chance, { questions: documents.length, 'answers that differ': changed.length });
        expect(changed.length).toBeGreaterThanOrEqual(documents.length - 1);
      } finally {
        Reflect.deleteProperty(reading, 'at');
      }
    },
    PATIENCE_MS,
  );
});
