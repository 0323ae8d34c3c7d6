import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { OpenAccount } from '#crm/account/account.commands.js';
import { DismissEmployee, GrantRole, HireEmployee } from '#crm/employee/employee.commands.js';
import { TokenVerifier } from '#platform/authentication/token-verifier.js';
import {
  type Claims,
  type IdentityProvider,
  identityProvider,
  newKey,
  type SigningKey,
  signed,
} from '#test/access/identity-provider.js';
import { eventually, type Running, running } from '#test/operations/running.js';
import { Chance, report } from './trials.js';

const BOSS = 'boss@corp.example';
const system = { actor: { id: 'seed', role: 'system' } };

let provider: IdentityProvider;
let api: Running;
let [published, foreign]: SigningKey[] = [];
beforeAll(async () => {
  [published, foreign] = [newKey('k1'), newKey('k1')];
  provider = await identityProvider();
  provider.publish(published!);
  api = await running({}, { OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: 'chronicle', ADMIN_EMAIL: BOSS });
});
afterAll(async () => {
  await api?.close();
  await provider?.close();
});

const claims = (changes: Partial<Claims> = {}): Claims => ({ issuer: provider.issuer, email: BOSS, ...changes });
const good = (changes: Partial<Claims> = {}, { id, privateKey }: SigningKey = published!) =>
  signed(claims(changes), { alg: 'RS256', kid: id, key: privateKey });

/** A token that anybody can make: unsigned, with an empty signature. */
const unsigned = (alg: string) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const body = { iss: provider.issuer, aud: 'chronicle', sub: BOSS, email: BOSS, email_verified: true, exp: now + 600 };
  return `${part({ alg, kid: 'k1' })}.${part(body)}.`;
};

/** A good token with other claims behind the same signature. */
async function altered(): Promise<string> {
  const [header, body, signature] = (await good({ email: 'li@corp.example' })).split('.') as [string, string, string];
  const claimed = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
  return [header, Buffer.from(JSON.stringify({ ...claimed, email: BOSS })).toString('base64url'), signature].join('.');
}

const forged: readonly [string, () => Promise<string | undefined>][] = [
  ['no token', async () => undefined],
  ['an empty one', async () => ''],
  ['something else', async () => 'abc.def.ghi'],
  ['alg none', async () => unsigned('none')],
  ['no signature', async () => unsigned('RS256')],
  [
    'HS256 with the public key as the secret',
    async () => {
      const key = Buffer.from(published!.publicKey.export({ format: 'pem', type: 'spki' }));
      return signed(claims(), { alg: 'HS256', kid: 'k1', key });
    },
  ],
  ['the key of somebody else under the same id', () => good({}, foreign)],
  ['a key that is not published', () => good({}, newKey('k9'))],
  ['other claims behind a good signature', altered],
  ['another issuer', () => good({ issuer: 'https://login.example.com' })],
  ['another audience', () => good({ audience: 'wiki' })],
  ['expired', () => good({ expiresIn: -60 })],
  ['not valid yet', () => good({ notBeforeIn: 600 })],
  ['an e-mail that nobody has verified', () => good({ verified: false })],
  ['somebody without an account', () => good({ email: 'stranger@corp.example' })],
  ['an employee who was dismissed', () => good({ email: 'han@corp.example' })],
  ['an account that bears the e-mail of a dismissed employee', () => good({ email: 'HAN@corp.example' })],
];

/** Whether a request with that token is let in over HTTP. */
async function isLetIn(token: string | undefined): Promise<boolean> {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const body = JSON.stringify({ query: '{ leads { totalCount } }' });
  const answer = await fetch(`${api.origin}/graphql`, { method: 'POST', headers, body });
  const { data, errors } = (await answer.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
  if (answer.status === 401) expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  return Boolean(data);
}

/** Opens a web socket with that token and answers the code with which it is closed; 1000 if it is let in, and leaves by itself. */
function closeCode(token: string | undefined, stay?: (socket: WebSocket) => unknown): Promise<number> {
  return new Promise(resolve => {
    const socket = new WebSocket(`${api.origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const payload = token === undefined ? {} : { authorization: `Bearer ${token}` };
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })));
    socket.on('message', () => (stay ? stay(socket) : socket.close(1000)));
    socket.on('close', resolve);
  });
}

let [tried, accepted] = [0, 0];

describe('A token', () => {
  beforeAll(async () => {
    const { executor } = api.system;
    for (const employeeId of ['li', 'han', 'mei']) {
      await executor.send(HireEmployee, { employeeId, name: employeeId, email: `${employeeId}@corp.example` }, system);
      await executor.send(GrantRole, { employeeId, role: 'administrator' }, system);
    }
    const account = { name: 'Han', role: 'administrator', email: 'han@corp.example' };
    await executor.send(OpenAccount, account, system);
    await executor.send(DismissEmployee, { employeeId: 'han' }, system);
    await eventually(async () => isLetIn(await good({ email: 'mei@corp.example' })), Boolean);
    await eventually(
      async () => isLetIn(await good({ email: 'han@corp.example' })),
      letIn => !letIn,
    );
  });

  it('that is good opens HTTP and web sockets: the control', async () => {
    expect(await isLetIn(await good())).toBe(true);
    expect(await closeCode(await good())).toBe(1000);
  });

  it.each(forged)('is not accepted: %s', async (_, token) => {
    const letIn = [await isLetIn(await token()), (await closeCode(await token())) !== 4403];
    tried += letIn.length;
    accepted += letIn.filter(Boolean).length;
    expect(letIn).toEqual([false, false]);
  });

  it('of a dismissed employee stops working with the answer to the dismissal, also where a socket is open', async () => {
    const token = await good({ email: 'li@corp.example' });
    expect(await isLetIn(token)).toBe(true);
    let opened: () => void;
    const open = new Promise<void>(resolve => {
      opened = resolve;
    });
    const closed = closeCode(token, () => opened());
    await open;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await good()}` };
    const body = JSON.stringify({ query: 'mutation { dismissEmployee(input: { employeeId: "li" }) { changed } }' });
    const answer = await fetch(`${api.origin}/graphql`, { method: 'POST', headers, body });
    expect(await answer.json()).toEqual({ data: { dismissEmployee: { changed: true } } });
    expect(await isLetIn(token)).toBe(false);
    expect(await closed).toBe(4403);
  });

  it('ends an open socket when it expires', async () => {
    expect(await closeCode(await good({ expiresIn: 1 }), () => undefined)).toBe(4403);
  });

  it('that was signed with the public key as the secret would open a verifier that believes the token’s algorithm: the control', async () => {
    const secret = Buffer.from(published!.publicKey.export({ format: 'pem', type: 'spki' }));
    const careless = new TokenVerifier({
      issuer: provider.issuer,
      audience: 'chronicle',
      algorithms: ['RS256', 'HS256'],
      keys: async () => secret,
    });
    const [, forge] = forged.find(([name]) => name.startsWith('HS256'))!;
    expect((await careless.verify((await forge())!)).email).toBe(BOSS);
  });

  it('as a subscriber of the feed has it as a parameter of the connection', async () => {
    const url = `${api.origin.replace('http', 'ws')}/graphql`;
    const authorization = `Bearer ${await good()}`;
    const client = createClient({
      url,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization },
    });
    const feed = client.iterate({ query: 'subscription { events(after: "0") { type } }' });
    expect(await feed.next()).toMatchObject({ value: { data: { events: { type: 'PipelineDefined' } } } });
    await client.dispose();
    report('forged tokens', new Chance(), { tried, accepted });
  });
});
