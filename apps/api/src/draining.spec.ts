import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { draining } from './draining.js';

function ended(server: Server): () => Promise<void> {
  return () => new Promise(resolve => server.close(() => resolve()));
}

it('A server that drains answers what is under way, and then closes the connection that is kept alive', async () => {
  const server = createServer();
  const drained = draining(server);
  let answer: () => void = () => undefined;
  const asked = new Promise<void>(resolve => {
    server.once('request', (_, response) => {
      answer = () => response.end('done');
      resolve();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let received = '';
  client.on('data', part => {
    received += String(part);
  });
  const closed = new Promise(resolve => client.once('close', resolve));
  client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n');
  await asked;
  const over = drained(ended(server));
  answer();
  await over;
  await closed;
  expect(received).toContain('done');
});

it('A server that is behind answers also those whose connections it had not taken yet', async () => {
  const server = createServer((_, response) => response.end('done'));
  const drained = draining(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clients = Array.from({ length: 50 }, () => connect(port, '127.0.0.1'));
  const answers = clients.map(text);
  const asked = clients.map(
    client => new Promise(resolve => client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', resolve)),
  );
  await Promise.all(asked);
  await drained(ended(server));
  expect((await Promise.all(answers)).filter(answer => answer.endsWith('done'))).toHaveLength(50);
});
