import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { texts, values } from '#test/hostile/odd.js';
import { FEED, init, type Message, type Opened, openSocket, subscribe } from '#test/hostile/opened-socket.js';
import { type Production, production } from '#test/hostile/production.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const CONVERSATIONS = trials({ short: 150, full: 2_500 });
const chance = new Chance();
/** How the server closes for what a client did, by graphql-ws and by the protocol of web sockets. */
const CLIENTS_DOING = [1000, 1002, 1003, 1007, 1009, 1013, 4400, 4401, 4403, 4408, 4409, 4429];
/** That of a socket which the test broke itself. */
const BROKEN = 1006;

let api: Production;
let authorization: string;
const printed = jest.spyOn(console, 'error').mockImplementation(() => undefined);
beforeAll(async () => {
  api = await production();
  authorization = `Bearer ${await api.token()}`;
});
afterEach(() => {
  printed.mockClear();
});
afterAll(async () => {
  printed.mockRestore();
  await api?.close();
});

type Frame = string | Uint8Array;
const types = ['connection_init', 'connection_ack', 'ping', 'pong', 'subscribe', 'next', 'error', 'complete', 'hello'];
const ids = fc.oneof(fc.constantFrom('1', '2', '__proto__', ''), values);
const queries = fc.oneof(
  fc.constantFrom(FEED, 'subscription ($a: Position) { events(after: $a) { type } }', '{ leads { totalCount } }'),
  values,
);
const payloads = fc.record(
  { query: queries, variables: values, operationName: values, extensions: values },
  { requiredKeys: ['query'] },
);
const frames: fc.Arbitrary<Frame> = fc.oneof(
  texts,
  fc.json(),
  fc.uint8Array({ maxLength: 200 }),
  fc.integer({ min: 60_000, max: 70_000 }).map(length => 'x'.repeat(length)),
  fc
    .record({ type: fc.oneof(fc.constantFrom(...types), values), id: ids, payload: values }, { requiredKeys: ['type'] })
    .map(message => JSON.stringify(message)),
  fc.tuple(ids, payloads).map(([id, payload]) => JSON.stringify({ id, type: 'subscribe', payload })),
);
const conversations = fc.record({
  before: fc.array(frames, { maxLength: 1 }),
  isLetIn: fc.boolean(),
  frames: fc.array(frames, { maxLength: 12 }),
  breaksOff: fc.boolean(),
});

let tried = 0;

/** What the server said until it closed the socket or had read everything, and how it closed it. */
async function held(socket: Opened, said: readonly Frame[], breaksOff: boolean): Promise<[Message[], number]> {
  for (const frame of said) socket.sendRaw(frame);
  if (breaksOff) socket.terminate();
  else socket.send({ type: 'ping', payload: { last: true } });
  const messages: Message[] = [];
  for (;;) {
    const next = await Promise.race([socket.next(), socket.closed]);
    if (typeof next === 'number') return [messages, next];
    messages.push(next);
    if (next.type === 'pong' && (next.payload as { last?: unknown } | undefined)?.last === true) socket.terminate();
  }
}

/** A client's doing has a code of its own; a bug of ours would be another code, a reference, or a line on the console. */
function expectHarmless(messages: readonly Message[], closed: number): void {
  tried++;
  expect([...CLIENTS_DOING, BROKEN]).toContain(closed);
  expect(messages.filter(message => JSON.stringify(message).includes('INTERNAL'))).toEqual([]);
  expect(printed.mock.calls).toEqual([]);
}

async function isFed(): Promise<boolean> {
  const socket = await openSocket(api.origin);
  socket.send(init(authorization));
  socket.send({ type: 'pong' });
  expect(await socket.next()).toEqual({ type: 'connection_ack' });
  socket.send(subscribe(FEED));
  const { type } = await socket.next();
  socket.terminate();
  return type === 'next';
}

describe('Whatever comes over a web socket', () => {
  it(
    'is answered or refused, is no bug, and disturbs nobody else',
    async () => {
      await fc.assert(
        fc.asyncProperty(conversations, async ({ before, isLetIn, frames, breaksOff }) => {
          const socket = await openSocket(api.origin);
          const opening = isLetIn ? [JSON.stringify(init(authorization))] : [];
          const [messages, closed] = await held(socket, [...before, ...opening, ...frames], breaksOff);
          expectHarmless(messages, closed);
        }),
        { numRuns: CONVERSATIONS, seed: chance.seed, interruptAfterTimeLimit: PATIENCE_MS },
      );
      expect(await isFed()).toBe(true);
      report('hostile web sockets', chance, { conversations: tried, bugs: 0 });
    },
    PATIENCE_MS,
  );

  it('is told from a bug: the control', async () => {
    const { pool } = api.system.database;
    await pool.query('alter table event_store.events rename to events_gone');
    const socket = await openSocket(api.origin);
    socket.send(init(authorization));
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.send(subscribe(FEED));
    const answer = await socket.next();
    await pool.query('alter table event_store.events_gone rename to events');
    socket.terminate();
    expect(() => expectHarmless([answer], BROKEN)).toThrow();
  });
});
