import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import WebSocket from 'ws';
import { PersistedOperations } from '#apps/api/src/limits/persisted-operations.js';
import { asked, type Production, production, type Sent } from './production.js';

const OURS = 'https://crm.example';
const LEADS = 'query Leads { leads(first: 1) { totalCount } }';
const FEED = 'subscription { events(types: ["Never"]) { type } }';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const folder = mkdtempSync(join(tmpdir(), 'chronicle-'));
const fileWith = (content: unknown) => {
  const file = join(folder, `${Math.random()}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let [closed, strict]: Production[] = [];
beforeAll(async () => {
  closed = await production();
  strict = await production({
    CORS_ORIGINS: OURS,
    PERSISTED_OPERATIONS: fileWith({ [sha256(LEADS)]: LEADS, 'leads-v2': LEADS, feed: FEED }),
    STATEMENT_TIMEOUT_MS: '300',
  });
});
afterAll(async () => {
  await strict?.close();
  await closed?.close();
});

const as = async (api: Production) => `Bearer ${await api.token()}`;
const preflight = (origin: string): Sent => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  },
});

describe('A page of another origin', () => {
  it('gets no permission to ask, unless its origin is named', async () => {
    const granted = async (api: Production, origin: string) =>
      (await api.send(preflight(origin))).headers.get('access-control-allow-origin');
    expect(await granted(closed!, OURS)).toBeNull();
    expect(await granted(strict!, 'https://evil.example')).toBeNull();
    expect(await granted(strict!, `${OURS}.evil.example`)).toBeNull();
    expect(await granted(strict!, 'null')).toBeNull();
    expect(await granted(strict!, OURS)).toBe(OURS);
  });

  it('reads no answer, unless its origin is named', async () => {
    const readable = async (api: Production, origin: string) => {
      const sent = asked(LEADS);
      const from = { ...sent, headers: { ...sent.headers, origin } };
      const answers = [await api.send(from, await as(api)), await api.send(from)];
      expect(answers.map(({ status }) => status)).toEqual([200, 401]);
      return answers.map(({ headers }) => headers.get('access-control-allow-origin'));
    };
    expect(await readable(closed!, OURS)).toEqual([null, null]);
    expect(await readable(strict!, 'https://evil.example')).toEqual([null, null]);
    expect(await readable(strict!, OURS)).toEqual([OURS, OURS]);
  });

  it('opens no web socket, unless its origin is named', async () => {
    const open = async (api: Production, origin: string) => {
      const payload = { authorization: await as(api) };
      return new Promise<number>(resolve => {
        const socket = new WebSocket(`${api.origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { origin });
        socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })));
        socket.on('message', () => socket.close(1000));
        socket.on('close', resolve);
      });
    };
    expect(await open(closed!, OURS)).toBe(4403);
    expect(await open(strict!, 'https://evil.example')).toBe(4403);
    expect(await open(strict!, OURS)).toBe(1000);
  });
});

describe('Where only registered operations are answered', () => {
  const byId = (sha256Hash: unknown): Sent => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash } } }),
  });

  it.each([
    ['the document', asked(LEADS)],
    ['its hash', byId(sha256(LEADS))],
    ['its id', byId('leads-v2')],
  ])('one is, sent as %s', async (_, sent) => {
    expect(await strict!.send(sent, await as(strict!))).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^\{"data":\{"leads":\{"totalCount":0\}\}\}\n?$/),
    });
  });

  it.each([
    ['another document', asked('{ leads(first: 1) { totalCount } }')],
    ['a hash that is not among them', byId(sha256('{ __typename }'))],
    ['no document at all', { headers: { 'content-type': 'application/json' }, body: '{}' }],
    ['a number for a hash', byId(5)],
    ['a part of every object for an id', byId('constructor')],
    [
      'a registered hash with another document',
      {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          query: '{ customers { totalCount } }',
          extensions: { persistedQuery: { version: 1, sha256Hash: 'nope' } },
        }),
      },
    ],
  ])('%s is refused', async (_, sent) => {
    const { status, text } = await strict!.send(sent, await as(strict!));
    expect({ status, text }).toEqual({ status: 403, text: expect.stringContaining('"code":"OPERATION_NOT_ALLOWED"') });
  });

  it('that holds for subscriptions, too', async () => {
    const payload = { authorization: await as(strict!) };
    const socket = new WebSocket(`${strict!.origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const codes: string[] = [];
    await new Promise<void>(resolve => {
      const subscribe = (id: string, query: string) =>
        socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } }));
      socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })));
      socket.on('message', data => {
        const { type, id, payload } = JSON.parse(String(data)) as {
          type: string;
          id: string;
          payload: { extensions: { code: string } }[];
        };
        if (type === 'connection_ack') {
          subscribe('good', FEED);
          subscribe('bad', 'subscription { events { type } }');
        } else {
          codes.push(`${id}: ${payload[0]!.extensions.code}`);
          resolve();
        }
      });
    });
    socket.terminate();
    expect(codes).toEqual(['bad: OPERATION_NOT_ALLOWED']);
  });

  it.each([
    ['no JSON', '{'],
    ['no document', { a: 'query {' }],
    ['a number', { a: 5 }],
  ])('a file with %s keeps the API from starting', (_, content) => {
    expect(() => PersistedOperations.from(fileWith(content))).toThrow();
  });
});

describe('A question that takes longer than questions may', () => {
  it('is ended with an error that says what to do, and holds nothing back', async () => {
    const warned = jest.spyOn(strict!.system.log, 'warn').mockImplementation(() => {});
    const client = await strict!.system.database.pool.connect();
    try {
      await client.query('begin; lock table directory.leads in access exclusive mode');
      const { status, text } = await strict!.send(asked(LEADS), await as(strict!));
      expect(status).toBe(200);
      expect(JSON.parse(text)).toEqual({
        data: null,
        errors: [
          {
            message: 'This takes too long. Ask for a shorter period, or for less at once.',
            path: ['leads'],
            locations: [{ line: 1, column: 15 }],
            extensions: { code: 'QUERY_TOO_SLOW' },
          },
        ],
      });
      expect(warned).toHaveBeenCalledTimes(1);
    } finally {
      await client.query('rollback');
      client.release();
      warned.mockRestore();
    }
    expect((await strict!.send(asked(LEADS), await as(strict!))).text).toContain('"totalCount":0');
  });
});
