import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Client, startClient } from './client.js';

let crm: Client;
beforeAll(async () => {
  crm = await startClient();
  await crm.send('hireEmployee', { employeeId: 'li', name: '李雷' });
  await crm.send('registerCustomer', { customerId: 'c1', name: '甲' });
  await crm.send('openOpportunity', { opportunityId: 'o1', customerId: 'c1' });
});
afterAll(() => crm?.close());

/** What a client gets for bytes that are sent as they are. */
async function post(body: string, type = 'application/json', headers: Record<string, string> = {}) {
  const answer = await fetch(crm.url, {
    method: 'POST',
    headers: { 'content-type': type, authorization: `Bearer ${crm.token}`, ...headers },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}

const unchanged = async (work: () => Promise<unknown>) => {
  const before = await crm.system.store.head();
  await work();
  expect(await crm.system.store.head()).toBe(before);
};

const amount = { minor: 100, currency: 'CNY' };
const contract = { customerId: 'c1', amount };
const visit = { customerId: 'c1', employeeId: 'li', kind: 'VISIT' };

describe('a mutation is refused, naming code and field, and changes nothing', () => {
  it.each([
    ['qualifyLead', { leadId: 'nobody' }, 'NOT_FOUND', 'leadId'],
    ['captureLead', { name: '王芳', ownerId: 'nobody' }, 'NOT_FOUND', 'ownerId'],
    ['receivePayment', { customerId: 'nobody', amount }, 'NOT_FOUND', 'customerId'],
    ['openOpportunity', { pipelineId: 'nowhere' }, 'NOT_FOUND', 'pipelineId'],
    ['captureLead', { name: '王芳', occurredAt: '2999-01-01T00:00:00Z' }, 'IN_THE_FUTURE', 'occurredAt'],
    ['receivePayment', { customerId: 'c1', amount, paidOn: '2999-01-01' }, 'IN_THE_FUTURE', 'paidOn'],
    ['receivePayment', { customerId: 'c1', amount: { ...amount, minor: 0 } }, 'NOTHING_PAID', 'amount.minor'],
    ['receivePayment', { customerId: 'c1', amount: { ...amount, minor: -1 } }, 'BAD_USER_INPUT', 'amount.minor'],
    [
      'receivePayment',
      { customerId: 'c1', amount: { ...amount, currency: 'RMB' } },
      'BAD_USER_INPUT',
      'amount.currency',
    ],
    [
      'receivePayment',
      { customerId: 'c1', amount: { ...amount, currency: 'cny' } },
      'BAD_USER_INPUT',
      'amount.currency',
    ],
    [
      'draftContract',
      { ...contract, instalments: [{ dueOn: '2026-01-01', minor: 0 }] },
      'BAD_USER_INPUT',
      'instalments.0.minor',
    ],
    ['advanceStage', { opportunityId: 'o1', stage: '投标' }, 'UNKNOWN_STAGE', 'stage'],
    ['captureLead', { name: '' }, 'BAD_USER_INPUT', 'name'],
    ['captureLead', { name: '\t ' }, 'BAD_USER_INPUT', 'name'],
    ['captureLead', { name: 'x'.repeat(201) }, 'BAD_USER_INPUT', 'name'],
    ['captureLead', { name: 'a\u0000b' }, 'BAD_USER_INPUT', 'name'],
    ['captureLead', { name: 'a\u001b[2Jb' }, 'BAD_USER_INPUT', 'name'],
    ['captureLead', { name: 'a\nb' }, 'BAD_USER_INPUT', 'name'],
    ['captureLead', { name: 'half \ud83d' }, 'BAD_USER_INPUT', 'name'],
    ['captureLead', { name: 'a\u202eb' }, 'BAD_USER_INPUT', 'name'],
    ['captureLead', { name: 'a\u2028b' }, 'BAD_USER_INPUT', 'name'],
    ['captureLead', { name: '王芳', leadId: 'a b' }, 'BAD_USER_INPUT', 'leadId'],
    ['captureLead', { name: '王芳', leadId: '../x' }, 'BAD_USER_INPUT', 'leadId'],
    ['captureLead', { name: '王芳', commandId: '' }, 'BAD_USER_INPUT', 'commandId'],
    ['logInteraction', { ...visit, content: '长'.repeat(10_001) }, 'BAD_USER_INPUT', 'content'],
    ['logInteraction', { ...visit, content: 'nul\u0000' }, 'BAD_USER_INPUT', 'content'],
    ['addContact', { customerId: 'c1', name: '王', email: 'not an email' }, 'BAD_USER_INPUT', 'email'],
    ['addContact', { customerId: 'c1', name: '王', email: 'a@b.c, d@e.f' }, 'BAD_USER_INPUT', 'email'],
    ['addContact', { customerId: 'c1', name: '王', phone: '无' }, 'BAD_USER_INPUT', 'phone'],
    ['changeContact', { customerId: 'c1', contactId: 'x', email: '王@' }, 'BAD_USER_INPUT', 'email'],
    ['captureLead', { name: '王芳', email: 'wang@@example.com' }, 'BAD_USER_INPUT', 'email'],
    ['hireEmployee', { name: '王', email: 'wang' }, 'BAD_USER_INPUT', 'email'],
    ['openAccount', { name: '王', role: 'AUDITOR', email: 'wang' }, 'BAD_USER_INPUT', 'email'],
    ['qualifyLead', { leadId: 'l1', score: 101 }, 'BAD_USER_INPUT', 'score'],
    ['definePipeline', { name: 'P', stages: [{ stage: 'Won', name: '赢' }] }, 'STAGE_RESERVED', 'stages'],
    ['definePipeline', { name: 'P', stages: [] }, 'NO_STAGES', 'stages'],
  ])('%s %j: %s', async (mutation, input, code, field) => {
    await unchanged(async () => {
      const { message, extensions } = await crm.refusal(mutation, input);
      expect(extensions).toMatchObject({ code, field });
      if (code !== 'NOT_FOUND') expect(extensions.allowed).toEqual(expect.anything());
      expect(message).toMatch(/^.*[.…]$/u); // a sentence
    });
  });

  it.each([
    ['a day that is none', { name: '甲', registeredOn: '2026-02-30' }],
    ['a day before there were any', { name: '甲', registeredOn: '0000-01-01' }],
    ['an instant without a zone', { name: '甲', occurredAt: '2026-02-01T00:00:00' }],
    ['an instant that becomes another year', { name: '甲', occurredAt: '9999-12-31T23:59:59-12:00' }],
    ['an instant before there were any', { name: '甲', occurredAt: '0000-01-01T00:00:00Z' }],
    ['a number for a text', { name: 5 }],
    ['a list for a text', { name: ['甲'] }],
    ['an unknown value', { name: '甲', type: 'FRIEND' }],
    ['an unknown field', { name: '甲', nam: '乙' }],
    ['the sender', { name: '甲', sender: { actor: { id: 'boss', role: 'administrator' } } }],
    ['nothing where something is needed', { name: null }],
  ])('registerCustomer with %s', async (_, input) => {
    await unchanged(async () => {
      expect((await crm.refusal('registerCustomer', input)).extensions.code).toBe('BAD_USER_INPUT');
    });
  });
});

describe('a request is refused', () => {
  it.each([
    ['no JSON', '{ "query": ', 400],
    ['no query', '{}', 400],
    ['a list', '[]', 400],
    ['null', 'null', 400],
    ['a number for a query', '{ "query": 5 }', 400],
    ['a document that does not parse', '{ "query": "{ leads { " }', 400],
    ['a field that there is not', '{ "query": "{ leeds { id } }" }', 400],
    ['a text for variables', '{ "query": "{ __typename }", "variables": "x" }', 400],
    ['a body that is too long', JSON.stringify({ query: `# ${'x'.repeat(2 ** 20)}\n{ __typename }` }), 413],
  ])('%s', async (_, body, status) => {
    await unchanged(async () => {
      const answer = await post(body);
      expect(answer.status).toBe(status);
      expect(answer.text).not.toMatch(/node_modules|\.ts:|\.js:|"stack/);
    });
  });

  it('when it subscribes over HTTP', async () => {
    const { status, text } = await post('{ "query": "subscription { events { type } }" }');
    expect({ status, code: JSON.parse(text).errors[0].extensions.code }).toEqual({ status: 400, code: 'BAD_REQUEST' });
  });

  it('when it names nobody on whose behalf it comes, and history tells of whom it names', async () => {
    const captured = JSON.stringify({
      query: 'mutation { captureLead(input: { leadId: "behalf", name: "王芳" }) { changed } }',
    });
    const latin = (text: string) => Buffer.from(text).toString('latin1');
    await unchanged(async () => {
      for (const person of ['two words', 'x'.repeat(101), latin('王\u202e')]) {
        const { status, text } = await post(captured, 'application/json', { 'x-on-behalf-of': person });
        expect({ status, extensions: JSON.parse(text).errors[0].extensions }).toMatchObject({
          status: 400,
          extensions: { code: 'BAD_USER_INPUT', field: 'x-on-behalf-of' },
        });
      }
    });
    await post(captured, 'application/json', { 'x-on-behalf-of': latin('王芳-1') });
    for await (const { metadata } of crm.system.store.readStream('lead-behalf'))
      expect(metadata.onBehalfOf).toBe('王芳-1');
  });

  it('when it is no JSON by its type', async () => {
    const mutation = 'mutation { captureLead(input: { name: \\"x\\" }) { id } }';
    await unchanged(async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
        expect((await post(`{ "query": "${mutation}" }`, type)).status).toBeGreaterThanOrEqual(400);
    });
  });

  it.each([
    '{ "name": "甲", "__proto__": { "isAdmin": true } }',
    '{ "name": "甲", "constructor": { "prototype": 1 } }',
  ])('when a field is named like a part of every object: %s', async input => {
    const mutation = 'mutation ($input: RegisterCustomerInput!) { registerCustomer(input: $input) { id } }';
    await unchanged(async () => {
      const { status } = await post(`{ "query": "${mutation}", "variables": { "input": ${input} } }`);
      expect(status).toBe(400);
    });
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });
});

describe('what people write', () => {
  it.each([
    '王芳',
    '𠮷野家',
    'Ægir Þór',
    'عميل',
    '👩‍👩‍👧‍👦 一家',
    'e\u0301',
    "Robert'); DROP TABLE leads;--",
    '<script>',
    '{{7*7}}',
    '__proto__',
    'constructor',
  ])('comes back as it was: %s', async name => {
    const { id, position } = await crm.send('captureLead', { name, source: name, company: name });
    const { lead } = await crm.query<{ lead: object }>(
      'query ($id: ID!, $position: Position!) { lead(id: $id, atLeast: $position) { name source company } }',
      { id, position },
    );
    expect(lead).toEqual({ name, source: name, company: name });
  });

  it('may be long', async () => {
    const content = '长文本\n🐉'.repeat(2_000);
    const { id, position } = await crm.send('logInteraction', { ...visit, content });
    const { interaction } = await crm.query<{ interaction: object }>(
      'query ($id: ID!, $position: Position!) { interaction(id: $id, atLeast: $position) { content } }',
      { id, position },
    );
    expect(interaction).toEqual({ content });
  });

  it('is counted under its own name, also where that is a part of every object', async () => {
    const odd = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    await crm.send('definePipeline', {
      pipelineId: '__proto__',
      name: 'constructor',
      stages: odd.map(stage => ({ stage, name: `${stage} 阶段` })),
    });
    let last = '0';
    for (const source of odd) {
      const opportunity = {
        opportunityId: `odd-${source}`,
        pipelineId: '__proto__',
        source,
        amount,
        occurredAt: '2024-05-01T02:00:00Z',
      };
      await crm.send('openOpportunity', opportunity);
      await crm.send('advanceStage', {
        opportunityId: `odd-${source}`,
        stage: 'toString',
        occurredAt: '2024-05-02T02:00:00Z',
      });
      const lost = { opportunityId: `odd-${source}`, reason: '__proto__', occurredAt: '2024-05-03T02:00:00Z' };
      ({ position: last } = await crm.send('loseOpportunity', lost));
    }
    const { funnel } = await crm.query<{ funnel: object }>(
      `query ($last: Position!) { funnel(pipeline: "__proto__", cohort: { from: "2024-05-01", to: "2024-05-31" }, groupBy: [SOURCE], atLeast: $last) {
        lost stages { stage reached lossReasons { reason count } } groups { key lost }
      } }`,
      { last },
    );
    const none: object[] = [];
    expect(funnel).toEqual({
      lost: 4,
      stages: [
        { stage: '__proto__', reached: 4, lossReasons: none },
        { stage: 'constructor', reached: 4, lossReasons: none },
        { stage: 'toString', reached: 4, lossReasons: [{ reason: '__proto__', count: 4 }] },
        { stage: 'hasOwnProperty', reached: 0, lossReasons: none },
        { stage: 'won', reached: 0, lossReasons: none },
        { stage: 'paid', reached: 0, lossReasons: none },
      ],
      groups: expect.arrayContaining(odd.map(key => ({ key, lost: 1 }))),
    });
  });
});

describe('a query', () => {
  it.each([
    ['{ customers(filter: { search: "a\\u0000b" }) { nodes { id } } }'],
    ['{ customers(filter: { ids: ["a\\u0000b"] }) { nodes { id } } }'],
    ['{ customers(filter: { region: ["\\ud83d"] }) { nodes { id } } }'],
    ['{ customer(id: "a\\u0000b") { id } }'],
    ['{ lead(id: "a\\u0000b") { id } }'],
    ['{ customerHistory(customerId: "a\\u0000b") { nodes { type } } }'],
    ['{ funnel(pipeline: "a\\u0000b", cohort: { from: "2026-01-01", to: "2026-01-31" }) { won } }'],
    ['{ salesDaily(from: "2026-01-01", to: "2026-01-31", region: "a\\u0000b") { totals { newLeads } } }'],
    ['{ salesDaily(from: "2026-01-01", to: "2026-01-31", employees: ["a\\u0000b"]) { totals { newLeads } } }'],
    ['{ rfm(asOf: "2026-01-31", currency: "a\\u0000b") { currency } }'],
    ['{ rfm(asOf: "9999-12-31") { currency } }'],
    ['{ rfm(asOf: "1000-01-01", knownOn: "1000-01-01") { currency } }'],
    ['{ funnel(cohort: { from: "1000-01-01", to: "9999-12-31" }) { won } }'],
    ['{ salesDaily(from: "1000-01-01", to: "9999-12-31") { totals { newLeads } } }'],
    ['{ salesDaily(from: "2026-02-01", to: "2026-01-01") { totals { newLeads } } }'],
    ['{ customers(first: 0) { nodes { id } } }'],
    ['{ customers(first: -1) { nodes { id } } }'],
    ['{ customers(first: 2147483647) { nodes { id } } }'],
    ['{ customers(after: "nonsense") { nodes { id } } }'],
    ['{ customers(after: "eyJhIjoxfQ") { nodes { id } } }'],
    ['{ customers(after: "W10") { nodes { id } } }'],
    ['{ customerHistory(customerId: "c1", after: "nonsense") { nodes { type } } }'],
    ['{ customer(id: "c1", knownAt: "1000-01-01T00:00:00Z") { id } }'],
    ['{ customer { id } }'],
    ['{ customers(filter: { registeredOn: { from: "2026-02-01", to: "2026-01-01" } }) { nodes { id } } }'],
    ['{ contracts(filter: { amount: { currency: "\\u0000", from: 1 } }) { nodes { id } } }'],
  ])('with odd arguments is answered or refused, and is no bug: %s', async document => {
    const { text } = await post(JSON.stringify({ query: document }));
    expect(text).not.toContain('INTERNAL_SERVER_ERROR');
  });

  it('that goes wrong inside shows a reference, which stands in the log, and nothing else', async () => {
    const logged = jest.spyOn(crm.system.log, 'error').mockImplementation(() => {});
    await crm.system.database.pool.query('ALTER TABLE directory.leads RENAME TO leads_gone');
    try {
      const answer = await post(JSON.stringify({ query: '{ leads { nodes { id } } }' }));
      expect(answer.text).not.toMatch(/relation|directory|leads_gone|select|\.js|stack/i);
      const { errors } = JSON.parse(answer.text) as {
        errors: { message: string; extensions: { code: string; reference: string } }[];
      };
      const { message, extensions } = errors[0]!;
      expect(extensions).toEqual({
        code: 'INTERNAL_SERVER_ERROR',
        reference: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(message).toBe(`Something went wrong on our side. Reference: ${extensions.reference}`);
      const details = logged.mock.calls.map(([details]) => details as unknown as { reference: string; err: Error });
      const entry = details.find(({ reference }) => reference === extensions.reference);
      expect(entry?.err.message).toContain('relation "directory.leads" does not exist');
    } finally {
      await crm.system.database.pool.query('ALTER TABLE directory.leads_gone RENAME TO leads');
      logged.mockRestore();
    }
    await crm.query('{ leads { nodes { id } } }');
  });
});
