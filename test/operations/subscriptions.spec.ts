import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { startEventStoreDouble } from '#test/eventstoredb/event-store-double.js';
import { anEvent, eventually, type Running, running } from './running.js';

let api: Running;
const clients: Client[] = [];
beforeAll(async () => {
  api = await running();
});
afterAll(async () => {
  for (const client of clients) await client.dispose();
  await api?.close();
});

function connect({ origin, authorization } = api): Client {
  const client = createClient({
    url: `${origin.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
  });
  clients.push(client);
  return client;
}

const capture = (name: string) =>
  api.query(`mutation { captureLead(input: { name: "${name}", source: "website" }) { id position } }`);

/** The first so many answers; then the subscriber leaves. */
async function first<Data>(
  query: string,
  count: number,
  between: (data: Data) => unknown = () => {},
  from = api,
): Promise<Data[]> {
  const found: Data[] = [];
  for await (const { data, errors } of connect(from).iterate<Data>({ query })) {
    if (errors) throw new Error(JSON.stringify(errors));
    found.push(data!);
    if (found.length === count) break;
    await between(data!);
  }
  return found;
}

interface Events {
  readonly events: { readonly position: string; readonly type: string; readonly data: { readonly name?: string } };
}

const metric = async (name: string) =>
  Number(
    (await api.get('/metrics')).body
      .split('\n')
      .find(line => line.startsWith(`${name} `))
      ?.split(' ')
      .at(-1),
  );

describe('The feed of events', () => {
  it('begins behind a cursor and goes on live, without gap or repeat', async () => {
    await capture('A');
    await capture('B');
    let asked = 2;
    const names = ['A', 'B', 'C', 'D', 'E'];
    const feed = 'subscription { events(after: "0", types: ["LeadCaptured"]) { position type data } }';
    const found = await first<Events>(feed, names.length, async () => {
      if (asked < names.length) await capture(names[asked++]!);
    });
    expect(found.map(({ events }) => events.data.name)).toEqual(names);

    const cursor = found[2]!.events.position;
    const resumed = await first<Events>(feed.replace('"0"', `"${cursor}"`), 2);
    expect(resumed.map(({ events }) => events.data.name)).toEqual(['D', 'E']);
  });

  it('begins now without a cursor', async () => {
    const waiting = first<Events>('subscription { events { type data } }', 1);
    await eventually(
      () => metric('chronicle_subscription_connections'),
      connections => connections === 1,
    );
    // When exactly it began to listen cannot be seen from outside, so something goes on happening.
    let done = false;
    const ended = waiting.finally(() => {
      done = true;
    });
    for (let number = 0; !done; number++) await capture(`now ${number}`);
    const [found] = await ended;
    expect(found?.events.data.name).toMatch(/^now /);
  });

  it('lets go of the log when the subscriber leaves a quiet feed', async () => {
    const client = connect();
    const items = client.iterate({ query: 'subscription { events { type } }' });
    const next = items.next();
    await eventually(
      () => metric('chronicle_subscription_connections'),
      connections => connections === 1,
    );
    await items.return?.();
    await next.catch(() => undefined);
    await client.dispose();
    await eventually(
      () => metric('chronicle_subscription_connections'),
      connections => connections === 0,
    );
  });

  it('does not fill the memory for a subscriber who does not read', async () => {
    const big = 'x'.repeat(20_000);
    const events = Array.from({ length: 40 }, () => anEvent('Big', { big }));
    for (let round = 0; round < 25; round++)
      await api.system.store.append(
        'big-1',
        round === 0 ? 'noStream' : BigInt(round * 40 - 1),
        events.map(event => ({ ...event, id: crypto.randomUUID() })),
      );
    const sent = 'chronicle_subscription_messages_total{operation="subscription events"}';
    const before = (await metric(sent)) || 0;
    const socket = new WebSocket(`${api.origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await new Promise(resolve => socket.once('open', resolve));
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: api.authorization } }));
    await new Promise(resolve => socket.once('message', resolve));
    const payload = { query: 'subscription { events(after: "0", types: ["Big"]) { data } }' };
    socket.pause();
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
    // What the operating system buffers is soon full; from then on nothing more is sent, nor read from the log.
    let last = -1;
    const stuck = await eventually(
      async () => {
        await new Promise(resolve => setTimeout(resolve, 300));
        const now = await metric(sent);
        const same = now === last;
        last = now;
        return same ? now - before : -1;
      },
      count => count > 0,
    );
    expect(stuck).toBeLessThan(1_000);
    let received = 0;
    const all = new Promise<void>(resolve => socket.on('message', () => ++received === 1_000 && resolve()));
    socket.resume();
    await all;
    socket.terminate();
  });
});

describe('The progress of read models', () => {
  it('is told as it is, and then each time that one moves', async () => {
    const stop = api.project();
    interface Advanced {
      readonly projectionAdvanced: { readonly name: string; readonly position: string };
    }
    const query = 'subscription { projectionAdvanced(names: ["directory"]) { name position } }';
    const moved = await first<Advanced>(query, 3, () => capture('moved'));
    const positions = moved.map(({ projectionAdvanced }) => Number(projectionAdvanced.position));
    expect(positions).toEqual([...new Set(positions)].sort((one, other) => one - other));
    await stop();
  });

  it('is refused for a read model that does not exist, with those that do', async () => {
    const wrong = first('subscription { projectionAdvanced(names: ["leads"]) { name } }', 1);
    await expect(wrong).rejects.toThrow(/There is no read model leads.*"code":"NOT_FOUND","field":"names"/);
  });
});

describe('The web socket', () => {
  it('takes no queries or mutations', async () => {
    await expect(first('mutation { captureLead(input: { name: "A" }) { id } }', 1)).rejects.toMatchObject([
      { extensions: { code: 'BAD_REQUEST' } },
    ]);
  });

  it('is closed to pages of other origins', async () => {
    const url = `${api.origin.replace('http', 'ws')}/graphql`;
    const closed = (origin: string) =>
      new Promise<number>(resolve => {
        const socket = new WebSocket(url, 'graphql-transport-ws', {
          origin,
          headers: { authorization: api.authorization },
        });
        socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
        socket.on('message', () => socket.close(1000));
        socket.on('close', resolve);
      });
    expect(await closed('https://evil.example')).toBe(4403);
    expect(await closed(api.origin)).toBe(1000);
  });

  it('takes no message of more than 64 KiB', async () => {
    const socket = new WebSocket(`${api.origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await new Promise(resolve => socket.once('open', resolve));
    const closed = new Promise<number>(resolve => socket.once('close', resolve));
    // The library reports it itself.
    const reported = jest.spyOn(console, 'error').mockReturnValue();
    socket.send(JSON.stringify({ type: 'connection_init', payload: { filler: 'x'.repeat(65_536) } }));
    expect(await closed).toBe(1009);
    reported.mockRestore();
  });

  it('holds 20 subscriptions at most; those that there are go on', async () => {
    const client = connect();
    const query = 'subscription { events(types: ["LeadCaptured"]) { data } }';
    const heard: Promise<unknown>[] = [];
    for (let number = 0; number < 20; number++) heard.push(client.iterate<Events>({ query }).next());
    const refused = client.iterate({ query }).next();
    await expect(refused).rejects.toMatchObject([{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }]);
    let done = false;
    const all = Promise.all(heard).finally(() => {
      done = true;
    });
    for (let number = 0; !done; number++) await capture(`on ${number}`);
    expect(await all).toHaveLength(20);
    await client.dispose();
  });
});

describe('The feed of events of a log that was restored', () => {
  it('refuses a cursor from before, behind which nothing would come for long', async () => {
    const { data } = await capture('Head');
    const head = BigInt((data as { captureLead: { position: string } }).captureLead.position);
    const query = `subscription { events(after: "${head + 1n}") { type } }`;
    const { value: answer } = await connect().iterate({ query }).next();
    expect(answer?.errors).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT', field: 'after' }) }),
    ]);
  });
});

describe('The feed of events from EventStoreDB', () => {
  it('goes on behind its cursor for a client that was away, without gap or repeat', async () => {
    const double = await startEventStoreDouble();
    const other = await running({}, { EVENT_STORE_URL: double.url });
    const send = (name: string) => other.query(`mutation { captureLead(input: { name: "${name}" }) { id } }`);
    const feed = (after: string) =>
      `subscription { events(after: "${after}", types: ["LeadCaptured"]) { position data } }`;
    for (const name of ['A', 'B']) await send(name);
    const before = await first<Events>(feed('0'), 2, () => {}, other);
    // While it is away, the connection to the store breaks too.
    await send('C');
    await double.cutConnections();
    await send('D');
    let live = false;
    const after = await first<Events>(
      feed(before.at(-1)!.events.position),
      3,
      async () => {
        if (!live) await send('E');
        live = true;
      },
      other,
    );
    const found = [...before, ...after].map(({ events }) => events);
    expect(found.map(({ data }) => data.name)).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(new Set(found.map(({ position }) => position)).size).toBe(5);
    await Promise.all(clients.splice(0).map(client => client.dispose()));
    await other.close();
    await double.close();
  });
});
