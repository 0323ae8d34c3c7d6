import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type FastifyInstance, fastify } from 'fastify';
import { draining } from './draining.js';

let server: FastifyInstance;
let answered: Promise<string>;
let drained: () => Promise<void>;
beforeEach(async () => {
  server = fastify();
  const drain = draining(server);
  drained = () => drain(() => server.close());
  answered = Promise.resolve('done');
  server.get('/', () => answered);
  await server.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => server.close());

/** Resolves when the operating system has the request. */
function asked(): Promise<Socket> {
  const client = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  return new Promise((resolve, reject) => {
    client.once('error', reject);
    client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n', () => resolve(client));
  });
}

it('A server that drains answers what is under way, and then closes the connection that is kept alive', async () => {
  let answer: (text: string) => void = () => undefined;
  answered = new Promise(resolve => {
    answer = resolve;
  });
  const begun = new Promise<void>(resolve => server.server.once('request', () => resolve()));
  const client = await asked();
  await begun;
  const over = drained();
  answer('done');
  await over;
  expect(await text(client)).toContain('done');
});

it('A server that is behind answers also those whose connections it had not taken yet', async () => {
  const clients = await Promise.all(Array.from({ length: 50 }, asked));
  const answers = clients.map(text);
  await drained();
  // Those of the last moment are told that nothing was done.
  expect((await Promise.all(answers)).map(answer => /done$|503/.test(answer))).toEqual(Array(50).fill(true));
});
