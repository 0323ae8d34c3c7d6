import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What clients in a process of their own are told to do. */
export type Work = Steady | Hammering;

interface Sent {
  readonly url: string;
  readonly query: string;
  readonly authorization: string;
}

/** Requests that come whether or not those before were answered. */
export interface Steady extends Sent {
  readonly do: 'ask steadily';
  readonly everyMs: number;
  readonly forMs: number;
}

/** So many requests over so many connections, each sending the next as soon as the last was answered. */
export interface Hammering extends Sent {
  readonly do: 'hammer';
  readonly requests: number;
  readonly connections: number;
}

/** Below which 99 of 100 requests stay, in ms, counted from when they were due. */
export interface Steadily {
  readonly p99: number;
  /** How many were not answered with 200. */
  readonly failed: number;
}

/** How often each status was answered. */
export type Statuses = Readonly<Record<number, number>>;

const agent = new Agent({ keepAlive: true });

/** The status, once all of the answer is here. Nothing is made of it: clients on other machines would not take our processors, either. */
function send({ url, query, authorization }: Sent): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent }, answer => {
      answer.resume().on('end', () => resolve(answer.statusCode!));
    });
    sent.on('error', reject).end(JSON.stringify({ query }));
  });
}

async function askSteadily(work: Steady): Promise<Steadily> {
  const answers: Promise<{ status: number; ms: number }>[] = [];
  const began = performance.now();
  for (let due = began; due < began + work.forMs; due += work.everyMs) {
    await sleep(Math.max(0, due - performance.now()));
    answers.push(send(work).then(status => ({ status, ms: performance.now() - due })));
  }
  const answered = await Promise.all(answers);
  const times = answered.map(({ ms }) => ms).sort((one, other) => one - other);
  return {
    p99: times[Math.ceil(times.length * 0.99) - 1]!,
    failed: answered.filter(({ status }) => status !== 200).length,
  };
}

async function hammer({ requests, connections, ...sent }: Hammering): Promise<Statuses> {
  const statuses: Record<number, number> = {};
  let left = requests;
  const connection = async () => {
    while (left-- > 0) {
      const status = await send(sent);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  return statuses;
}

process.on('message', async (work: Work) => {
  process.send!(work.do === 'hammer' ? await hammer(work) : await askSteadily(work));
});
