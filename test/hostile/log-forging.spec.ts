import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { asked, type Production, production } from './production.js';

/** What ends a line somewhere, and a line of the log behind it. */
const FORGED = '{"level":30,"msg":"forged"}';
const ENDS = ['\n', '\r\n', '\u0085', '\u2028', '\u2029', '\u001b[2K\r', '"}\n'];
const texts = ENDS.map(end => `x${end}${FORGED}${end}`);

let api: Production;
let authorization: string;
const written: string[] = [];
beforeAll(async () => {
  // The log goes to standard error by writes that wait.
  const write = fs.writeSync as (...args: unknown[]) => number;
  jest.spyOn(fs, 'writeSync').mockImplementation(((to: number, ...rest: unknown[]) => {
    if (to !== 2) return write(to, ...rest);
    written.push(String(rest[0]));
    return Buffer.byteLength(String(rest[0]));
  }) as typeof fs.writeSync);
  api = await production({ LOG_LEVEL: 'debug' });
  authorization = `Bearer ${await api.token()}`;
});
afterAll(async () => {
  await api?.close();
  jest.restoreAllMocks();
});

/** The messages of lines, however a reader of the log may split them; one that is no JSON is somebody's text. */
const messagesIn = (log: string) =>
  log
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .filter(Boolean)
    .map(line => (JSON.parse(line) as { msg: string }).msg);

const SEARCH = 'query ($text: String) { leads(filter: { search: $text }) { totalCount } }';

describe('The log', () => {
  it('has one line for each message, whatever texts of clients stand in it', async () => {
    for (const text of texts) {
      // In commands, documents, names of operations and variables, ids, headers; answered, refused or failed.
      const interaction = { customerId: 'c1', employeeId: 'li', kind: 'CALL', content: text };
      const log = 'mutation ($input: LogInteractionInput!) { logInteraction(input: $input) { id } }';
      await api.send(asked(log, { input: interaction }), authorization);
      await api.send(asked(SEARCH, { text }), authorization);
      await api.send(asked(`{ leads(atLeast: ${JSON.stringify(text)}) { totalCount } } # ${text}`), authorization);
      await api.send(
        {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: '{ a }', operationName: text }),
        },
        authorization,
      );
      await api.send({ headers: { 'content-type': 'application/json' }, body: text }, authorization);
      await api.send({ method: 'GET', path: `/${encodeURIComponent(text)}` });
      await api.send(asked('{ me { id } }'), `Bearer ${Buffer.from(text).toString('base64url')}`);
    }
    await api.system.database.pool.query('alter table directory.leads rename to leads_gone');
    for (const text of texts) {
      await api.send(asked(SEARCH, { text: text.replaceAll(/\p{Cc}/gu, '') }), authorization);
      await api.send(asked('query ($id: ID!) { customer(id: $id) { id } }', { id: text }), authorization);
    }
    for (const text of texts) api.system.log.error({ err: new Error(text), text, [text]: text }, text);
    const messages = messagesIn(written.join(''));
    expect(messages.filter(msg => msg === 'unexpected error').length).toBeGreaterThan(0);
    expect(messages).not.toContain('forged');
    expect(messages.filter(msg => texts.includes(msg))).toEqual(texts);
  });

  it('would be found out if it wrote texts as they come: the control', () => {
    expect(messagesIn(`{"level":50,"msg":"x"}\n${FORGED}\n`)).toContain('forged');
    for (const text of texts.slice(0, 5)) expect(() => messagesIn(`{"level":50,"msg":"${text}"}\n`)).toThrow();
  });
});
