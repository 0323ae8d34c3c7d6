import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from '#apps/api/src/listen.js';
import { project } from '#apps/system/src/projecting.js';
import { openSystem, type System } from '#apps/system/src/system.js';
import { LocalIssuer } from '#platform/authentication/local-issuer.js';
import { configFrom } from '#platform/config.js';
import { testDatabase } from './postgres.js';
import { UNLIMITED } from './unlimited.js';

export interface GraphqlError {
  readonly message: string;
  readonly extensions: {
    readonly code: string;
    readonly field?: string;
    readonly allowed?: unknown;
    readonly reference?: string;
  };
}

/** The whole product on a database and a port of its own, as a client sees it. */
export interface RunningApi {
  readonly url: string;
  readonly system: System;
  /** The administrator's token, with which everything is asked unless another one is given. */
  readonly token: string;
  /** A token of somebody's e-mail. */
  tokenOf(email: string): Promise<string>;
  /** The same API, as somebody else sees it: a token, or none at all. */
  as(token: string | undefined): Pick<RunningApi, 'query' | 'errors'>;
  /** The data of an answer. Throws where the answer has errors. */
  query<Data>(document: string, variables?: object): Promise<Data>;
  /** The errors of an answer that must have some. */
  errors(document: string, variables?: object): Promise<readonly GraphqlError[]>;
  close(): Promise<void>;
}

export async function startApi(): Promise<RunningApi> {
  const database = await testDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'chronicle-'));
  const environment = {
    DATABASE_URL: database.url,
    EVENT_STORE_URL: database.url,
    DATA_DIR: dataDir,
    PORT: '0',
    ...UNLIMITED,
    LOG_LEVEL: 'error',
  };
  const system = await openSystem(configFrom(environment));
  const stopping = new AbortController();
  const projecting = project(system, stopping.signal);
  const api = await listen(system);

  const as = (token: string | undefined): Pick<RunningApi, 'query' | 'errors'> => {
    const ask = async (query: string, variables: object = {}) => {
      const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
      const answer = await fetch(api.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
      return (await answer.json()) as { data: unknown; errors?: GraphqlError[] };
    };
    return {
      query: async <Data>(document: string, variables?: object) => {
        const { data, errors } = await ask(document, variables);
        if (errors) throw new Error(JSON.stringify(errors, null, 2));
        return data as Data;
      },
      errors: async (document, variables) => {
        const { data, errors } = await ask(document, variables);
        if (!errors) throw new Error(`Expected errors, but got ${JSON.stringify(data)}`);
        return errors;
      },
    };
  };

  return {
    url: api.url,
    system,
    token: api.token!,
    tokenOf: email => LocalIssuer.of(dataDir).token(email, { seconds: 3_600 }),
    as,
    ...as(api.token),
    close: async () => {
      await api.close();
      stopping.abort();
      await projecting;
      await system.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
