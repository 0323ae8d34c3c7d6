import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FEED, init, type Opened, type Opening, openSocket, subscribe } from './opened-socket.js';
import { type Production, production } from './production.js';

let api: Production;
let sockets: Opened[];
afterEach(async () => {
  for (const socket of sockets) socket.terminate();
  await api?.close();
});

async function opened(configured: Readonly<Record<string, string>>): Promise<void> {
  sockets = [];
  api = await production(configured);
}

async function open(options?: Opening): Promise<Opened> {
  const socket = await openSocket(api.origin, options);
  sockets.push(socket);
  return socket;
}

async function letIn(): Promise<Opened> {
  const socket = await open();
  socket.send(init(`Bearer ${await api.token()}`));
  expect(await socket.next()).toEqual({ type: 'connection_ack' });
  return socket;
}

const from = (address: string): Opening => ({ headers: { 'x-forwarded-for': address } });

describe('A web socket that says nothing', () => {
  it('is closed after three seconds', async () => {
    await opened({});
    expect(await (await open()).closed).toBe(4408);
  });

  it('is closed after a time without a subscription, and stays open with one: the control', async () => {
    await opened({ WEB_SOCKET_IDLE_SECONDS: '1' });
    const [idle, busy] = [await letIn(), await letIn()];
    busy.send(subscribe('subscription { events(types: ["Never"]) { type } }'));
    expect(await idle.closed).toBe(1000);
    await sleep(1_100);
    busy.send(subscribe(FEED, '2'));
    expect(await busy.next()).toMatchObject({ type: 'next', id: '2' });
    busy.send({ type: 'complete', id: '1' });
    busy.send({ type: 'complete', id: '2' });
    expect(await busy.closed).toBe(1000);
  });
});

describe('The web sockets of an address', () => {
  it('are limited in number, let in or not; those of others are not among them', async () => {
    await opened({ WEB_SOCKETS_PER_ADDRESS: '2', TRUST_PROXY: '127.0.0.1' });
    const [first] = [await open(from('192.0.2.1')), await open(from('192.0.2.1'))];
    await expect(open(from('192.0.2.1'))).rejects.toThrow('429');
    await open(from('192.0.2.2'));
    first.terminate();
    await first.closed;
    await expect(openedSoon('192.0.2.1')).resolves.toBeDefined();
  });

  it('are opened only so often, whether or not they are let in', async () => {
    await opened({ RATE_LIMIT_REQUESTS: '1' });
    const openings = Array.from({ length: 11 }, () => open().then(({ terminate }) => terminate()));
    const outcomes = await Promise.allSettled(openings);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });

  /** The server learns a little later than the client that a socket is gone. */
  async function openedSoon(address: string): Promise<Opened> {
    for (let attempt = 1; ; attempt++)
      try {
        return await open(from(address));
      } catch (error) {
        if (attempt === 50) throw error;
        await sleep(20);
      }
  }
});

describe('The messages of a web socket', () => {
  it('count like requests: beyond the rate nothing is subscribed', async () => {
    await opened({ RATE_LIMIT_REQUESTS: '1' });
    const socket = await letIn();
    for (let id = 1; id <= 10; id++) socket.send(subscribe('subscription { event { type } }', String(id)));
    const answers = [];
    for (let count = 1; count <= 10; count++) answers.push(JSON.stringify(await socket.next()));
    expect(answers.filter(answer => answer.includes('GRAPHQL_VALIDATION_FAILED'))).toHaveLength(9);
    expect(answers.filter(answer => answer.includes('RATE_LIMITED'))).toHaveLength(1);
  });

  it('may be pings, but not too many', async () => {
    await opened({ RATE_LIMIT_REQUESTS: '1' });
    const socket = await letIn();
    for (let count = 1; count <= 9; count++) {
      socket.send({ type: 'ping' });
      expect(await socket.next()).toEqual({ type: 'pong' });
    }
    socket.send({ type: 'ping' });
    expect(await socket.closed).toBe(1013);
  });
});

describe('A connection that wants to become a web socket elsewhere', () => {
  it('is answered and closed', async () => {
    await opened({});
    const { hostname, port } = new URL(api.origin);
    const connection = connect(Number(port), hostname);
    connection.write('GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    let answer = '';
    for await (const part of connection) answer += String(part);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });
});
