import { type GraphqlError, type RunningApi, startApi } from '#test/support/api.js';

/** The answer to a mutation. */
export interface Receipt {
  readonly id: string;
  readonly revision: number;
  readonly position: string;
  readonly changed: boolean;
}

/** The API with what a client application would write around it. */
export interface Client extends RunningApi {
  /** `send('captureLead', { name })` */
  send(mutation: string, input: object): Promise<Receipt>;
  /** The one error that a mutation is refused with. */
  refusal(mutation: string, input: object): Promise<GraphqlError>;
  /** Asks again and again until the answer is there, for what follows from a mutation within moments. */
  eventually<Data, Found>(
    document: string,
    variables: object,
    find: (data: Data) => Found | null | undefined,
  ): Promise<Found>;
}

const PATIENCE_MS = 20_000;

export async function startClient(): Promise<Client> {
  const api = await startApi();
  const mutationOf = (mutation: string) => {
    const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
    return `mutation ($input: ${type}!) { ${mutation}(input: $input) { id revision position changed } }`;
  };
  return {
    ...api,
    send: async (mutation, input) =>
      (await api.query<Record<string, Receipt>>(mutationOf(mutation), { input }))[mutation]!,
    refusal: async (mutation, input) => {
      const [error, ...more] = await api.errors(mutationOf(mutation), { input });
      if (more.length > 0) throw new Error(`More than one error: ${JSON.stringify(more)}`);
      return error!;
    },
    eventually: async (document, variables, find) => {
      for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
        const found = find(await api.query(document, variables));
        if (found !== null && found !== undefined) return found;
      }
      throw new Error(`It did not come: ${document}`);
    },
  };
}
