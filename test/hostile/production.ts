import { AUDIENCE, identityProvider, newKey, signed } from '#test/access/identity-provider.js';
import { type Running, running } from '#test/operations/running.js';

const ADMINISTRATOR = 'boss@corp.example';

/** One request as a client of any kind may send it. */
export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** The API as it runs in production: tokens of an identity provider, NODE_ENV=production. */
export interface Production extends Running {
  /** A token of somebody, the administrator unless stated. */
  token(email?: string): Promise<string>;
  /** Sends a request as it is; with `authorization` as somebody. */
  send(sent: Sent, authorization?: string): Promise<Answered>;
}

export async function production(configured: Readonly<Record<string, string>> = {}): Promise<Production> {
  const usual = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  const provider = await identityProvider();
  const key = newKey('k1');
  provider.publish(key);
  const { issuer } = provider;
  const environment = { OIDC_ISSUER: issuer, OIDC_AUDIENCE: AUDIENCE, ADMIN_EMAIL: ADMINISTRATOR, ...configured };
  const api = await running({}, environment);
  return {
    ...api,
    token: (email = ADMINISTRATOR) =>
      signed({ issuer, email, expiresIn: 3_600 }, { alg: 'RS256', kid: key.id, key: key.privateKey }),
    send: async ({ method = 'POST', path = '/graphql', headers, body }, authorization) => {
      const answer = await fetch(`${api.origin}${path}`, {
        method,
        headers: { ...headers, ...(authorization && { authorization }) },
        body,
      });
      return { status: answer.status, text: await answer.text(), headers: answer.headers };
    },
    close: async () => {
      process.env.NODE_ENV = usual;
      await api.close();
      await provider.close();
    },
  };
}

/** What a well-behaved client sends. */
export const asked = (query: string, variables?: object): Sent => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query, variables }),
});
