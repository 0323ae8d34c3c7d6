import type { System } from '#apps/system/src/system.js';
import { LocalIssuer } from '#platform/authentication/local-issuer.js';
import { running } from '#test/operations/running.js';

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
  const { system, dataDir, api, project, close } = await running({}, { LOG_LEVEL: 'error' });
  project();

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
    close,
  };
}
