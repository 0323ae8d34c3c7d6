import { Agent, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { LocalIssuer } from '#platform/authentication/local-issuer.js';
import { type Child, child } from '#test/support/child.js';
import { MASTER_KEY } from '#test/support/master-key.js';
import { UNLIMITED } from '#test/support/unlimited.js';
import { dataFolder } from './data-folder.js';

/** What became of one request. */
export type Answer =
  /** A lead, as the API says: it must be in the log now, and stay there. */
  | { readonly acknowledged: string }
  /** An answer, but no success. */
  | { readonly refused: number }
  /** The connection broke, or nobody was there. */
  | 'no answer';

export interface ApiError {
  readonly message: string;
  readonly extensions: { readonly code: string };
}

/** The API as a process of its own, on a database that a test owns. */
export interface ApiProcess {
  readonly child: Child;
  /** `http://127.0.0.1:1234/graphql` */
  readonly url: string;
  /** @param handedOver Called once the operating system has all of the request: from then on the API can read it. */
  captureLead(name: string, handedOver?: () => void): Promise<Answer>;
  /** The status code of `/health/live` or `/health/ready`. */
  health(what: 'live' | 'ready'): Promise<number>;
  /** The answer to a GraphQL document; without `data` where there is none. Rejects when nobody answers. */
  ask<Data>(
    document: string,
    variables?: object,
    correlationId?: string,
  ): Promise<{ data?: Data | null; errors?: readonly ApiError[] }>;
  /** A figure of `/metrics`. */
  metric(series: string): Promise<number | undefined>;
  /** Events that the read model which is farthest behind has still to see, 10,001 for more than 10,000; undefined while that cannot be asked. */
  lag(): Promise<number | undefined>;
}

/** Nest prints every unexpected error at length; of interest is only why a process did not start. */
const QUIET = `
  import { writeSync } from 'node:fs';
  process.stderr.write = text => {
    if (/could not start/.test(text)) writeSync(2, text);
    return true;
  };`;

/** What `npm start` runs. */
const PRODUCT = `await import('#apps/api/src/main.js');`;

/** What `apps/api` does, but for `change`, which a variant defines. */
const CHANGED = `
  import 'reflect-metadata';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { listen } from '#apps/api/src/listen.js';
  import { project } from '#apps/system/src/projecting.js';
  import { openSystem } from '#apps/system/src/system.js';
  import { aborted, untilStopped } from '#apps/system/src/until-stopped.js';
  import { configFrom } from '#platform/config.js';
  const system = await openSystem(configFrom(process.env));
  const stopped = untilStopped();
  const projecting = change(system, stopped);
  const api = await listen(system);
  console.log('answers on ' + api.url);
  await aborted(stopped);
  await api.close();
  await projecting;
  await system.close();`;

/** A control: it answers at once and appends a moment later, as a store that buffers writes would. */
const HASTY = `${CHANGED}
  function change({ store }) {
    const append = store.append.bind(store);
    store.append = async (stream, expected, events) => {
      setTimeout(() => append(stream, expected, events).catch(() => {}), 300);
      const before = expected === 'noStream' ? -1n : expected;
      return { revision: before + BigInt(events.length), position: 0n };
    };
  }`;

/** A control: it appends whatever others have appended since it looked. */
const BLIND = `${CHANGED}
  function change({ store }) {
    const append = store.append.bind(store);
    store.append = async (stream, expected, events) => {
      for (;;)
        try {
          return await append(stream, expected, events);
        } catch (error) {
          if (error.actual === undefined) throw error;
          expected = error.actual;
        }
    };
  }`;

/**
 * From SIGUSR2 on each transaction of its projector begins twenty seconds late; usually it takes a hundredth of that. At each such signal
 * it collects its garbage and prints what is left.
 */
const SLOW_PROJECTOR = `${CHANGED}
  import { setFlagsFromString } from 'node:v8';
  import { runInNewContext } from 'node:vm';
  function change(system, stopped) {
    let slow = false;
    process.on('SIGUSR2', () => {
      slow = true;
      tell();
    });
    const pool = Object.create(system.database.pool);
    pool.connect = callback =>
      callback || !slow ? system.database.pool.connect(callback) : sleep(20_000).then(() => system.database.pool.connect());
    return project({ ...system, store: reading(system.store), database: { ...system.database, pool } }, stopped);
  }
  function tell() {
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    const { heapUsed, rss } = process.memoryUsage();
    console.log(JSON.stringify({ heapUsed, rss }));
  }`;

/** The projector reads as the product's does. */
const SLOW = `${SLOW_PROJECTOR}
  function reading(store) {
    return store;
  }`;

/** A control: the log is read as fast as it can be, whatever has become of the pages before. */
const GREEDY = `${SLOW_PROJECTOR}
  function reading(store) {
    return { ...store, follow: options => all(store.follow(options)), readAll: options => all(store.readAll(options)) };
  }
  async function* all(pages) {
    const read = [];
    let wake = () => {};
    let over = false;
    const reading = (async () => {
      for await (const page of pages) {
        read.push(page);
        wake();
      }
    })().finally(() => {
      over = true;
      wake();
    });
    for (;;) {
      while (read.length) yield read.shift();
      if (over) return reading;
      await new Promise(resolve => { wake = resolve; });
    }
  }`;

/** A control: the product, but nobody looks how long appends are waiting. */
const UNWATCHED = `
  import { AppendWatch } from '#apps/system/src/append-watch.js';
  Object.defineProperty(AppendWatch.prototype, 'stalled', { get: () => false });
  ${PRODUCT}`;

/** A control: who reads is answered at once, and the trace follows a moment later. */
const TRACED_LATER = `
  import { AccessLog } from '#read-models/access-log/access-log.js';
  AccessLog.prototype.written = async function (access) {
    setTimeout(() => this.note(access), 300);
  };
  ${PRODUCT}`;

const CODE = {
  product: PRODUCT,
  hasty: HASTY,
  blind: BLIND,
  slow: SLOW,
  greedy: GREEDY,
  unwatched: UNWATCHED,
  tracedLater: TRACED_LATER,
} as const;
export type ApiVariant = keyof typeof CODE;

/** @param own Environment variables that differ from those of a single process with everything in it. */
export async function startApi(
  databaseUrl: string,
  variant: ApiVariant = 'product',
  own: Readonly<Record<string, string>> = {},
): Promise<ApiProcess> {
  const environment = {
    DATABASE_URL: databaseUrl,
    EVENT_STORE_URL: databaseUrl,
    PORT: '0',
    ...UNLIMITED,
    LOG_LEVEL: process.env.FAULT_LOG ?? 'silent',
    PROJECTOR: 'on',
    DATA_DIR: dataFolder,
    MASTER_KEY,
    ...own,
  };
  // What is imported statically runs first, but reads the environment only when it is called.
  const quiet = process.env.FAULT_LOG ? '' : QUIET;
  const started = child(`${quiet} Object.assign(process.env, ${JSON.stringify(environment)}); ${CODE[variant]}`);
  let url: string | undefined;
  while (!url) url = /answers on (\S+)/.exec(await started.line())?.[1];
  const token = await LocalIssuer.of(dataFolder).token('admin@localhost', { seconds: 3_600 });
  return talkingTo(started, url, `Bearer ${token}`);
}

interface ApiAnswer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly ApiError[];
}

function talkingTo(child: Child, url: string, authorization: string): ApiProcess {
  const agent = new Agent({ keepAlive: true });
  const headers = { 'content-type': 'application/json', authorization };
  // Not by `fetch`, which does not tell when a request has left: in a process that has to wait for its turn that may be much later.
  const post = (body: object, handedOver: () => void) =>
    new Promise<{ status: number; body: ApiAnswer }>((resolve, reject) => {
      request(url, { method: 'POST', headers, agent }, answer =>
        json(answer).then(body => resolve({ status: answer.statusCode!, body: body as ApiAnswer }), reject),
      )
        .on('error', reject)
        .on('finish', handedOver)
        .end(JSON.stringify(body));
    });
  const ask = async (query: string, variables: object = {}, correlationId?: string) => {
    const conversation: Record<string, string> = correlationId ? { 'x-correlation-id': correlationId } : {};
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...headers, ...conversation },
      body: JSON.stringify({ query, variables }),
    });
    return { status: answer.status, body: (await answer.json()) as ApiAnswer };
  };
  const CAPTURE = 'mutation ($input: CaptureLeadInput!) { captureLead(input: $input) { id } }';
  return {
    child,
    url,
    captureLead: async (name, handedOver = () => undefined) => {
      try {
        const { status, body } = await post({ query: CAPTURE, variables: { input: { name } } }, handedOver);
        const lead = body.data?.captureLead as { id: string } | undefined;
        return lead ? { acknowledged: lead.id } : { refused: status };
      } catch {
        return 'no answer';
      }
    },
    health: async what => (await fetch(new URL(`/health/${what}`, url))).status,
    ask: async <Data>(document: string, variables?: object, correlationId?: string) =>
      (await ask(document, variables, correlationId)).body as { data?: Data | null; errors?: readonly ApiError[] },
    metric: async series => {
      const text = await (await fetch(new URL('/metrics', url))).text();
      const line = text.split('\n').find(line => line.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length));
    },
    lag: async () => {
      const { body } = await ask('{ projections { lagEvents } }');
      const lags = body.data?.projections as { lagEvents: number | null }[] | undefined;
      return lags && Math.max(...lags.map(({ lagEvents }) => lagEvents ?? 10_001));
    },
  };
}
