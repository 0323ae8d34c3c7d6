import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessLogCommand } from '#apps/cli/src/access-log.command.js';
import { eventsCommand } from '#apps/cli/src/events.command.js';
import { replayCommand } from '#apps/cli/src/replay.command.js';
import type { AccessEntry } from '#read-models/access-log/access-entry.type.js';
import { found, tokenOf } from '#test/access/company.js';
import { crm } from './crm.js';
import { type Running, running } from './running.js';

let api: Running;
let auditor: string;
let salesperson: string;
beforeAll(async () => {
  api = await running({}, { TRUST_PROXY: 'loopback' });
  await found(api);
  const stop = api.project();
  auditor = await tokenOf(api, 'auditor@corp.example');
  salesperson = await tokenOf(api, 'salesperson@corp.example');
  const position = await api.system.store.head();
  await ask(auditor, `{ customers(atLeast: "${position}") { totalCount } }`);
  await ask(auditor, `{ customerHistory(customerId: "customer-own", atLeast: "${position}") { totalCount } }`);
  await stop();
});
afterAll(() => api?.close());

const CLIENT = '203.0.113.7';
let conversations = 0;

async function ask(token: string, query: string, headers: Readonly<Record<string, string>> = {}) {
  const correlationId = `conversation-${++conversations}`;
  const answer = await fetch(`${api.origin}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'x-correlation-id': correlationId,
      'x-forwarded-for': CLIENT,
      ...headers,
    },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await answer.json()) as { data: Record<string, never>; errors?: unknown[] };
  return { data, errors, correlationId };
}

const ENTRY = 'id at actorId role onBehalfOf operation fields arguments records rows outcome correlationId address';

async function entriesOf(filter: string): Promise<AccessEntry[]> {
  await api.system.accessLog.flushed();
  const { data, errors } = await ask(auditor, `{ accessLog(filter: { ${filter} }) { nodes { ${ENTRY} } } }`);
  expect(errors).toBeUndefined();
  return (data as unknown as { accessLog: { nodes: AccessEntry[] } }).accessLog.nodes;
}

const traceOf = ({ correlationId }: { correlationId: string }) => entriesOf(`correlationId: "${correlationId}"`);

describe('Reading personal data', () => {
  it.each([
    ['a card', '{ customer(id: "customer-own") { phone } }'],
    ['a list', '{ leads { nodes { email } } }'],
    ['records of records', '{ opportunities { nodes { customer { phone } } } }'],
    ['the history', '{ customerHistory(customerId: "customer-own") { totalCount } }'],
    ['a copy', '{ personalData(customerId: "customer-own") }'],
    ['who looked', '{ accessLog(first: 1) { totalCount } }'],
  ])('(%s) has left its trace when the answer comes', async (_, query) => {
    // Ten times, each looked up at once: what is written later would be missing once.
    for (let time = 0; time < 10; time++) {
      const administrator = api.authorization.replace('Bearer ', '');
      const { correlationId, errors } = await ask(administrator, query);
      expect(errors).toBeUndefined();
      const { rows } = await api.system.database.pool.query(
        'select outcome from access_log.entries where correlation_id = $1',
        [correlationId],
      );
      expect(rows).toEqual([{ outcome: 'ok' }]);
    }
  });

  it('leaves a trace: who, in which role, from where, which record and fields', async () => {
    const asked = await ask(
      auditor,
      '{ customer(id: "customer-own") { name ...card } } fragment card on CustomerCard { contacts { nodes { phone } } }',
    );
    expect(await traceOf(asked)).toEqual([
      {
        id: expect.any(String),
        at: expect.any(String),
        actorId: 'auditor',
        role: 'auditor',
        onBehalfOf: null,
        operation: 'query customer',
        fields: ['Query.customer', 'CustomerCard.name', 'Contact.phone'],
        arguments: '{"id":"customer-own"}',
        records: ['customer-own'],
        rows: 1,
        outcome: 'ok',
        correlationId: asked.correlationId,
        address: CLIENT,
      },
    ]);
  });

  it('leaves a trace on pages of a list that show how people are reached, and how many they were', async () => {
    const asked = await ask(
      auditor,
      '{ first: leads(first: 5, filter: { search: "13800000000", status: [NEW] }) { nodes { email } } other: leads { totalCount nodes { phone } } }',
    );
    const traces = await traceOf(asked);
    expect(traces.map(({ operation, rows, records }) => ({ operation, rows, records }))).toEqual(
      expect.arrayContaining([
        { operation: 'query leads', rows: 0, records: [] },
        { operation: 'query leads', rows: 1, records: ['lead-foreign'] },
      ]),
    );
    // What was searched for may be somebody's number, and this log cannot forget a single entry.
    expect(JSON.stringify(traces)).not.toContain('13800000000');
    expect(traces.map(({ arguments: given }) => JSON.parse(given))).toContainEqual({
      first: 5,
      filter: { search: '…', status: ['NEW'] },
    });
  });

  it('leaves none when nothing personal is shown', async () => {
    const counted = await ask(auditor, '{ leads { totalCount nodes { id status source } } }');
    const report = await ask(auditor, '{ funnel(cohort: { from: "2026-01-01", to: "2026-12-31" }) { winRate } }');
    expect([await traceOf(counted), await traceOf(report)]).toEqual([[], []]);
  });

  it('leaves a trace on the command line', async () => {
    const { config, store } = api.system;
    const { databaseUrl, eventStoreUrl, dataDir } = config;
    const environment = { DATABASE_URL: databaseUrl!, EVENT_STORE_URL: eventStoreUrl!, DATA_DIR: dataDir };
    await crm(replayCommand, ['replay', 'customer', 'customer-own'], environment);
    const tailed = ['events', 'tail', '--after', '0', '--limit', '1'];
    await crm(eventsCommand, tailed, environment);
    expect(await store.head()).toBeGreaterThan(1n);
    const { out } = await crm(accessLogCommand, ['access-log', '--json', '--limit', '3'], environment);
    const lines = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as AccessEntry);
    expect(lines.map(({ operation, role, records }) => [operation, role, records])).toEqual([
      ['crm access-log', 'system', []],
      ['crm events tail', 'system', []],
      ['crm replay customer', 'system', ['customer-own']],
    ]);
    expect(lines[0]!.actorId).toMatch(/^cli:./);
    const table = await crm(accessLogCommand, ['access-log', '--record', 'customer-own'], environment);
    expect(table.out).toContain('crm replay customer');
  });

  it('is asked for by auditors and administrators alone, which leaves a trace, too', async () => {
    const { errors } = await ask(salesperson, '{ accessLog { totalCount } }');
    expect(errors).toEqual([expect.objectContaining({ extensions: expect.objectContaining({ code: 'FORBIDDEN' }) })]);
    const asked = await ask(auditor, '{ accessLog(first: 1) { totalCount nodes { id } pageInfo { endCursor } } }');
    expect(await traceOf(asked)).toMatchObject([{ operation: 'query accessLog', rows: 1 }]);
  });
});

describe('While the access log cannot be written', () => {
  const entries = (action: string) => api.system.database.pool.query(`alter table access_log.entries ${action}`);
  const impossible = () => entries('add constraint none check (actor_id is null) not valid');
  const possible = () => entries('drop constraint none');

  it('personal data is refused with a reference and nothing else, and commands and other queries go on', async () => {
    await impossible();
    try {
      const [card, list, figures, command] = await Promise.all([
        ask(auditor, '{ customer(id: "customer-own") { name phone } }'),
        ask(auditor, '{ leads { totalCount nodes { id email } } other: leads { totalCount } }'),
        ask(auditor, '{ leads { totalCount } }'),
        ask(salesperson, 'mutation { captureLead(input: { leadId: "meanwhile", name: "王芳" }) { id } }'),
      ]);
      const refused = (path: string) => [
        {
          message: expect.stringMatching(/^Who reads this has to be written down.* Reference: [\w-]{36}$/),
          path: [path],
          locations: expect.anything(),
          extensions: { code: 'ACCESS_LOG_UNAVAILABLE', reference: expect.any(String) },
        },
      ];
      expect(card).toMatchObject({ data: { customer: null }, errors: refused('customer') });
      expect(list).toMatchObject({ data: null, errors: refused('leads') });
      expect(figures).toMatchObject({ data: { leads: { totalCount: expect.any(Number) } }, errors: undefined });
      expect(command).toMatchObject({ data: { captureLead: { id: 'meanwhile' } }, errors: undefined });
      await possible();
      const kept = (await traceOf(command)).concat(await traceOf(card));
      expect(kept.map(({ operation, outcome, rows }) => [operation, outcome, rows])).toEqual([
        ['mutation captureLead', 'ok', 1],
        ['query customer', 'ACCESS_LOG_UNAVAILABLE', 0],
      ]);
    } finally {
      await possible().catch(() => undefined);
    }
  });
});

describe('A command', () => {
  it('leaves its address in the access log, and nothing of what it said', async () => {
    const sent = await ask(
      salesperson,
      'mutation { captureLead(input: { leadId: "traced", name: "王芳" }) { id position } }',
    );
    const [trace, ...more] = await traceOf(sent);
    expect(more).toEqual([]);
    expect(trace).toMatchObject({
      operation: 'mutation captureLead',
      actorId: 'salesperson',
      arguments: '{}',
      records: ['traced'],
      outcome: 'ok',
      address: CLIENT,
    });
    expect(JSON.stringify(trace)).not.toContain('王芳');
    for await (const event of api.system.store.readStream('lead-traced'))
      expect(JSON.stringify(event.metadata)).not.toContain(CLIENT);
  });

  it('is found by the records that it names: an erasure by the person', async () => {
    const administrator = api.authorization.replace('Bearer ', '');
    await ask(salesperson, 'mutation { captureLead(input: { leadId: "gone", name: "王芳" }) { id } }');
    const erasure = 'erasePerson(input: { leadId: "gone", erasureId: "e1", commandId: "c1", reason: "asked" }) { id }';
    const erased = await ask(administrator, `mutation { ${erasure} }`);
    expect(erased.errors).toBeUndefined();
    const found = await entriesOf('record: "gone"');
    expect(found.map(({ operation, records }) => [operation, records])).toEqual([
      ['mutation erasePerson', ['e1', 'gone']],
      ['mutation captureLead', ['gone']],
    ]);
  });

  it('shows from where it came in the history, to whoever may read the access log', async () => {
    const phone = `changed-${Date.now()}`;
    const input = `{ customerId: "customer-own", phone: "${phone}" }`;
    const { data } = await ask(salesperson, `mutation { changeCustomerProfile(input: ${input}) { position } }`);
    await api.system.accessLog.flushed();
    const stop = api.project();
    const { position } = (data as unknown as { changeCustomerProfile: { position: string } }).changeCustomerProfile;
    const HISTORY = `{ customerHistory(customerId: "customer-own", first: 500, atLeast: "${position}") {
      nodes { type address actor { name role } changes { text } } } }`;
    const lastOf = async (token: string) => {
      const answer = await ask(token, HISTORY);
      return (answer.data as unknown as { customerHistory: { nodes: object[] } }).customerHistory.nodes.at(-1);
    };
    const entry = {
      type: 'CustomerProfileChanged',
      actor: { name: 'salesperson', role: 'salesperson' },
      changes: [{ text: `Phone: – → ${phone}` }],
    };
    expect(await lastOf(auditor)).toEqual({ ...entry, address: CLIENT });
    expect(await lastOf(salesperson)).toEqual({ ...entry, address: null });
    await stop();
  });
});
