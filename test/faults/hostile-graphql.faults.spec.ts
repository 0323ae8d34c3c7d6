import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { attacks } from '#test/hostile/attacks.js';
import { type Answered, asked, type Production, production } from '#test/hostile/production.js';
import { Chance, report } from './trials.js';

const LEAKS = /node_modules|\.[jt]s:\d|"stack|stacktrace|exception|did you mean|tracing|ftv1|<html/i;

let api: Production;
let authorization: string;
beforeAll(async () => {
  api = await production();
  authorization = `Bearer ${await api.token()}`;
});
afterAll(() => api?.close());

const unchanged = async (work: () => Promise<unknown>) => {
  const before = await api.system.store.head();
  await work();
  expect(await api.system.store.head()).toBe(before);
};

/** Whether an answer holds anything that was asked for. */
function hasData({ text }: Answered): boolean {
  try {
    const { data } = JSON.parse(text) as { data?: object | null };
    return Object.values(data ?? {}).some(value => value !== null);
  } catch {
    return false;
  }
}

let [tried, failures] = [0, 0];

describe('Hostile GraphQL is refused', () => {
  it.each(attacks)('$name', async ({ hostile, status, shows }) => {
    await unchanged(async () => {
      const answers = [await api.send(hostile, authorization), await api.send(hostile)];
      tried += answers.length;
      failures += answers.filter(answer => hasData(answer) || answer.status >= 500 || LEAKS.test(answer.text)).length;
      const [signedIn, anonymous] = answers as [Answered, Answered];
      expect(signedIn).toMatchObject({ status, text: shows ? expect.stringMatching(shows) : expect.anything() });
      expect([401, 405, 406, 413, 415]).toContain(anonymous.status);
      for (const answer of answers) {
        expect(hasData(answer)).toBe(false);
        expect(answer.text).not.toMatch(LEAKS);
      }
    });
  });

  it.each(attacks)('and what is no attack is answered, but only to who is signed in: $name', async ({ allowed }) => {
    const signedIn = await api.send(allowed, authorization);
    expect(signedIn).toMatchObject({ status: 200, text: expect.not.stringContaining('"errors"') });
    expect(hasData(signedIn)).toBe(true);
    expect((await api.send(allowed)).status).toBe(401);
  });

  it('of all attacks none came through', () => {
    report('hostile GraphQL', new Chance(), { tried, failures });
    expect({ tried, failures }).toEqual({ tried: attacks.length * 2, failures: 0 });
  });
});

describe('An answer', () => {
  it.each(['apollo-federation-include-trace: ftv1', 'x-apollo-tracing: 1', 'apollo-query-plan-experimental: 1'])(
    'has no tracing for whoever asks with %s',
    async header => {
      const [name, value] = header.split(': ') as [string, string];
      const { headers, body } = asked('{ leads(first: 1) { totalCount } }');
      const { status, text } = await api.send({ headers: { ...headers, [name]: value }, body }, authorization);
      expect(status).toBe(200);
      expect(JSON.parse(text)).toEqual({ data: { leads: { totalCount: expect.any(Number) } } });
    },
  );

  it('of an unexpected error shows a reference that stands in the log, and not its message', async () => {
    const logged = jest.spyOn(api.system.log, 'error').mockImplementation(() => {});
    await api.system.database.pool.query('ALTER TABLE directory.leads RENAME TO leads_gone');
    try {
      const { text } = await api.send(asked('{ leads { nodes { id } } }'), authorization);
      const [{ message, extensions }] = (
        JSON.parse(text) as { errors: [{ message: string; extensions: { code: string; reference: string } }] }
      ).errors;
      expect(extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', reference: expect.any(String) });
      expect(message).toBe(`Something went wrong on our side. Reference: ${extensions.reference}`);
      expect(logged.mock.calls[0]![0]).toMatchObject({ reference: extensions.reference });
    } finally {
      await api.system.database.pool.query('ALTER TABLE directory.leads_gone RENAME TO leads');
      logged.mockRestore();
    }
  });

  it.each(['/graphql', '/health/live', '/nowhere'])('bears the headers that keep browsers out: %s', async path => {
    const { headers } = await api.send({ ...asked('{ __typename }'), path }, authorization);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
    });
    expect(headers.has('x-powered-by')).toBe(false);
  });
});
