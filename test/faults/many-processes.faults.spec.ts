import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { all, eventsOf } from '#event-store/contract/opened-store.js';
import { openPostgresStore, type PostgresEventStore } from '#event-store/postgres/postgres-event-store.js';
import type { Child } from '#test/support/child.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { type ApiProcess, type ApiVariant, startApi } from './api-process.js';
import { sideBySide } from './crm-on.js';
import { startProjector } from './projector-process.js';
import { ReadModels } from './read-models.js';
import { wrongEffects } from './selling.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

/** Sales from the lead to the contract; each of their commands is sent to all APIs at once. */
const STORIES = trials({ short: 12, full: 1_000 });
const AT_A_TIME = 4;

let database: TestDatabase;
let store: PostgresEventStore;
const processes: Child[] = [];
beforeEach(async () => {
  database = await testDatabase();
  store = await openPostgresStore(database.url);
});
afterEach(async () => {
  await end();
  await store.close();
  await database.drop();
});

async function end(): Promise<void> {
  for (const process of processes.splice(0)) await process.kill();
}

/** APIs that leave the read models to others. */
async function startApis(count: number, variant?: ApiVariant): Promise<ApiProcess[]> {
  const start = () => startApi(database.url, variant, { PROJECTOR: 'off' });
  const apis = await Promise.all(Array.from({ length: count }, start));
  processes.push(...apis.map(({ child }) => child));
  return apis;
}

it(
  'Three APIs and two projectors on one store come to one result, whoever is asked',
  async () => {
    const chance = new Chance();
    processes.push(startProjector({ url: database.url }), startProjector({ url: database.url }));
    const apis = await startApis(3);
    const readModels = new ReadModels(database.url, store);
    const changes = (await sideBySide(STORIES, AT_A_TIME, n => tell(apis, `s${n}`))).flat();
    await readModels.upToDate();
    await end();
    const outcome = { ...(await wrongEffects(store)), twice: await twice(), wrong: await readModels.wrong() };
    await readModels.close();
    report('many processes', chance, {
      commands: changes.length,
      answers: changes.length * apis.length,
      events: Number(await store.head()),
      ...outcome,
      wrong: outcome.wrong.length,
    });
    expect(new Set(changes)).toEqual(new Set([1]));
    expect(outcome).toEqual({ missing: 0, repeated: 0, twice: 0, wrong: [] });
  },
  PATIENCE_MS,
);

it('Control: processes that append whatever stands in the stream meanwhile do things twice', async () => {
  const apis = await startApis(3, 'blind');
  const changes = (await sideBySide(4, AT_A_TIME, n => tell(apis, `s${n}`))).flat();
  expect(Math.max(...changes)).toBeGreaterThan(1);
  expect(await twice()).toBeGreaterThan(0);
});

/** Tells a story to all APIs at once; by command, how many of them say that it was they who did it. */
async function tell(apis: readonly ApiProcess[], id: string): Promise<number[]> {
  const money = { minor: 90_000, currency: 'CNY' };
  const ids = { customerId: `${id}-customer`, opportunityId: `${id}-deal` };
  const story: [command: string, input: object][] = [
    ['captureLead', { leadId: `${id}-lead`, name: `线索 ${id}` }],
    ['qualifyLead', { leadId: `${id}-lead`, score: 80 }],
    ['convertLead', { leadId: `${id}-lead` }],
    ['registerCustomer', { customerId: ids.customerId, name: `客户 ${id}` }],
    ['openOpportunity', { ...ids, amount: money }],
    ['advanceStage', { opportunityId: ids.opportunityId, stage: 'Proposal' }],
    ['draftContract', { contractId: `${id}-contract`, ...ids, number: `HT-${id}`, amount: money }],
    ['signContract', { contractId: `${id}-contract` }],
  ];
  const changes: number[] = [];
  for (const [command, input] of story) changes.push(await sentToAll(apis, command, input));
  return changes;
}

async function sentToAll(apis: readonly ApiProcess[], command: string, input: object): Promise<number> {
  const type = `${command[0]!.toUpperCase()}${command.slice(1)}Input!`;
  const document = `mutation ($input: ${type}) { done: ${command}(input: $input) { changed } }`;
  const answers = await Promise.all(apis.map(api => api.ask<{ done: { changed: boolean } }>(document, { input })));
  const refused = answers.find(({ errors }) => errors);
  if (refused) throw new Error(`${command}: ${JSON.stringify(refused.errors)}`);
  return answers.filter(({ data }) => data!.done.changed).length;
}

/** Events that a stream of these stories may have once, and has again; a reservation may be renewed by who holds it. */
async function twice(): Promise<number> {
  const seen = new Set<string>();
  let again = 0;
  for (const { stream, type, data } of eventsOf(await all(store.readAll()))) {
    if (stream.startsWith('reservation-')) continue;
    const once = `${stream} ${type} ${(data as { to?: string }).to}`;
    if (seen.has(once)) again++;
    seen.add(once);
  }
  return again;
}
