import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FEED, init, type Opened, openSocket, subscribe } from './opened-socket.js';
import { type Production, production } from './production.js';

let api: Production;
const sockets: Opened[] = [];
beforeAll(async () => {
  api = await production({ CORS_ORIGINS: 'https://crm.example' });
});
afterAll(async () => {
  for (const socket of sockets) socket.terminate();
  await api?.close();
});

async function open(options: { readonly origin?: string } = {}): Promise<Opened> {
  const socket = await openSocket(api.origin, options);
  sockets.push(socket);
  return socket;
}

async function letIn(options?: { readonly origin?: string }): Promise<Opened> {
  const socket = await open(options);
  socket.send(init(`Bearer ${await api.token()}`));
  expect(await socket.next()).toEqual({ type: 'connection_ack' });
  return socket;
}

const aliases = (count: number) => Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(' ');

describe('A web socket', () => {
  it('feeds whoever is let in: the control', async () => {
    const socket = await letIn();
    socket.send(
      subscribe(`subscription ($after: Position) { events(after: $after) { type ${aliases(30)} } }`, '1', {
        after: '0',
      }),
    );
    expect(await socket.next()).toMatchObject({
      type: 'next',
      payload: { data: { events: { type: 'PipelineDefined' } } },
    });
  });

  it.each([
    ['31 aliases', `subscription { events { ${aliases(31)} } }`, /QUERY_TOO_COMPLEX.*aliases/],
    ['500 repetitions', `subscription { events { ${'type '.repeat(500)} } }`, /QUERY_TOO_COMPLEX.*fields/],
    [
      'eleven directives',
      `subscription { events { ${'type @include(if: true) '.repeat(11)} } }`,
      /QUERY_TOO_COMPLEX.*directives/,
    ],
    ['too many tokens', `subscription { events(types: [${'"a" '.repeat(2_001)}]) { type } }`, /GRAPHQL_PARSE_FAILED/],
    [
      'circular fragments',
      'subscription { events { ...a } } fragment a on HistoryEntry { ...a }',
      /GRAPHQL_VALIDATION_FAILED/,
    ],
    ['two feeds at once', 'subscription { events { type } projectionAdvanced { name } }', /GRAPHQL_VALIDATION_FAILED/],
    ['a field that is nearly right', 'subscription { event { type } }', /Cannot query field/],
    ['introspection', '{ __schema { types { name } } }', /BAD_REQUEST/],
    ['a mutation', 'mutation { captureLead(input: { name: "hostile" }) { id } }', /BAD_REQUEST/],
    [
      'fragments that spread into a million fields',
      `subscription { events { ...f0 } } ${Array.from({ length: 20 }, (_, index) => `fragment f${index} on HistoryEntry { ...f${index + 1} ...f${index + 1} }`).join(' ')} fragment f20 on HistoryEntry { type }`,
      /QUERY_TOO_COMPLEX.*cost/,
    ],
  ])('refuses %s', async (_, query, shows) => {
    const socket = await letIn();
    socket.send(subscribe(query));
    const message = await socket.next();
    expect(['error', 'next']).toContain(message.type);
    const text = JSON.stringify(message.payload);
    expect(text).toMatch(shows);
    expect(text).not.toMatch(/node_modules|"stack|did you mean|INTERNAL|"data":\{/i);
  });

  it('is closed for a message over the limit', async () => {
    const socket = await letIn();
    socket.send(subscribe(`# ${'x'.repeat(65_536)}\n${FEED}`));
    expect(await socket.closed).toBe(1009);
  });

  it.each([
    ['asks before it is let in', [subscribe(FEED)], 4401],
    ['asks to be let in without a token', [{ type: 'connection_init' }], 4403],
    ['says something that is no message', [{ type: 'hello' }], 4400],
  ])('is closed to whoever %s', async (_, messages, code) => {
    const socket = await open();
    for (const message of messages) socket.send(message);
    expect(await socket.closed).toBe(code);
  });

  it('holds 20 subscriptions and no more', async () => {
    const socket = await letIn();
    const quiet = 'subscription { events(types: ["Never"]) { type } }';
    for (let number = 1; number <= 21; number++) socket.send(subscribe(quiet, String(number)));
    expect(await socket.next()).toMatchObject({
      type: 'error',
      id: '21',
      payload: [{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }],
    });
  });
});
