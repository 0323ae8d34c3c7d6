import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitForPosition } from '#projections/wait.js';
import { FEED, init, openSocket, subscribe } from '#test/hostile/opened-socket.js';
import { anEvent, type Running, running } from './running.js';

let api: Running;
beforeAll(async () => {
  api = await running();
});
afterAll(() => api?.close());

async function ask(
  correlationId: string | undefined,
  query: string,
  { origin, authorization } = api,
): Promise<{ answered: string | null }> {
  const headers = {
    'content-type': 'application/json',
    authorization,
    ...(correlationId && { 'x-correlation-id': correlationId }),
  };
  const answer = await fetch(`${origin}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  await answer.text();
  return { answered: answer.headers.get('x-correlation-id') };
}

const capture = (leadId: string) => `mutation { captureLead(input: { leadId: "${leadId}", name: "Li" }) { id } }`;

async function correlationOf(stream: string): Promise<string | undefined> {
  for await (const { metadata } of api.system.store.readStream(stream)) return metadata.$correlationId;
  return undefined;
}

describe('The id of a conversation', () => {
  it('is the client’s, is answered, and stands in the events', async () => {
    expect(await ask('order-4711', capture('l1'))).toEqual({ answered: 'order-4711' });
    expect(await correlationOf('lead-l1')).toBe('order-4711');
  });

  it.each([
    ['of more than 100 characters', 'x'.repeat(101)],
    ['that could forge a line', 'a b","level":"50'],
    ['that is missing', undefined],
  ])('is made up in place of one %s', async (kind, given) => {
    const lead = `l-${kind.length}`;
    const { answered } = await ask(given, capture(lead));
    expect(answered).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(await correlationOf(`lead-${lead}`)).toBe(answered);
  });

  it('is answered also to what is no GraphQL', async () => {
    const answer = await fetch(`${api.origin}/nowhere`, { headers: { 'x-correlation-id': 'lost' } });
    expect(answer.headers.get('x-correlation-id')).toBe('lost');
  });
});

interface Line {
  readonly msg: string;
  readonly correlationId?: string;
  readonly [fact: string]: unknown;
}

/** What is logged while something happens in an API of its own. */
async function linesOf(happens: (talking: Running) => Promise<void>): Promise<Line[]> {
  const lines: Line[] = [];
  // The log goes to standard error by writes that wait.
  const write = fs.writeSync as (...args: unknown[]) => number;
  const written = jest.spyOn(fs, 'writeSync').mockImplementation(((to: number, ...rest: unknown[]) => {
    if (to !== 2) return write(to, ...rest);
    lines.push(JSON.parse(String(rest[0])) as Line);
    return Buffer.byteLength(String(rest[0]));
  }) as typeof fs.writeSync);
  const talking = await running({}, { LOG_LEVEL: 'debug' });
  try {
    await happens(talking);
  } finally {
    await talking.close();
    written.mockRestore();
  }
  return lines;
}

describe('Log lines', () => {
  it('of a request, of the policies that follow and of projections that stumble carry the id of the conversation', async () => {
    const lines = await linesOf(async talking => {
      const { store, database } = talking.system;
      talking.project();
      await ask('talk-1', capture('l1'), talking);
      await ask(
        'talk-1',
        'mutation { convertLead(input: { leadId: "l1", opportunityName: "A deal" }) { id } }',
        talking,
      );
      const poison = anEvent('LeadCaptured', { leadId: 'l9', name: { no: 'name' } });
      const metadata = { ...poison.metadata, $correlationId: 'poisoned' };
      await store.append('lead-l9', 'noStream', [{ ...poison, metadata }]);
      await waitForPosition(database, ['converted-lead', 'directory'], await store.head(), 20_000);
      await talking.database.drop();
      await ask('talk-2', capture('l2'), talking);
    });
    const idOf = (command: string) =>
      lines.find(({ msg, ...facts }) => msg === 'command' && facts.command === command)?.correlationId;
    expect(['CaptureLead', 'ConvertLead', 'RegisterCustomer', 'OpenOpportunity'].map(idOf)).toEqual(
      Array(4).fill('talk-1'),
    );
    const parked = lines.find(
      ({ msg, projection }) => msg.startsWith('Events were parked') && projection === 'directory',
    );
    expect(parked?.correlationId).toBe('poisoned');
    const unexpected = lines.filter(({ correlationId }) => correlationId === 'talk-2');
    expect(unexpected.map(({ msg }) => msg)).toEqual(['command', 'unexpected error']);
    expect(unexpected[0]).toMatchObject({ command: 'CaptureLead', outcome: 'failed' });
  });

  it('of a web socket carry its id and the number of the message that led to them', async () => {
    const lines = await linesOf(async ({ origin, authorization, database }) => {
      const socket = await openSocket(origin, { headers: { 'x-correlation-id': 'socket-1' } });
      expect(socket.headers['x-correlation-id']).toBe('socket-1');
      socket.send(init(authorization));
      expect(await socket.next()).toEqual({ type: 'connection_ack' });
      await database.drop();
      for (const id of ['a', 'b']) {
        socket.send(subscribe(FEED, id));
        expect(JSON.stringify(await socket.next())).toContain('INTERNAL_SERVER_ERROR');
        expect(await socket.next()).toEqual({ type: 'complete', id });
      }
      socket.terminate();
    });
    const unexpected = lines.filter(({ msg }) => msg === 'unexpected error');
    expect(unexpected.map(({ correlationId }) => correlationId)).toEqual(['socket-1.2', 'socket-1.3']);
  });

  it('of a web socket without an id carry one that was made up', async () => {
    const socket = await openSocket(api.origin);
    expect(socket.headers['x-correlation-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    socket.terminate();
  });
});
