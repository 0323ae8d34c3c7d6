import WebSocket from 'ws';

export type Message = { readonly type: string; readonly id?: string; readonly payload?: unknown };

/** A web socket with what has come over it, and the code with which it is closed. */
export interface Opened {
  send(message: object): void;
  /** Sends a frame as it is. */
  sendRaw(frame: string | Uint8Array): void;
  next(): Promise<Message>;
  readonly closed: Promise<number>;
  /** The headers of the answer that opened it. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** Breaks it without a word. */
  terminate(): void;
}

export interface Opening {
  readonly origin?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Opens a web socket of the GraphQL API at `origin`, `http://127.0.0.1:1234`.
 * @throws Error with the status of the answer, where that is not 101.
 */
export function openSocket(origin: string, options: Opening = {}): Promise<Opened> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);
  const came: Message[] = [];
  const waiting: ((message: Message) => void)[] = [];
  let headers: Opened['headers'] = {};
  socket.on('upgrade', answer => {
    headers = answer.headers;
  });
  socket.on('message', data => {
    const message = JSON.parse(String(data)) as Message;
    const next = waiting.shift();
    if (next) next(message);
    else came.push(message);
  });
  const closed = new Promise<number>(resolve => socket.on('close', resolve));
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () =>
      resolve({
        send: message => socket.send(JSON.stringify(message)),
        sendRaw: frame => socket.send(frame),
        next: () => new Promise(resolve => (came.length > 0 ? resolve(came.shift()!) : waiting.push(resolve))),
        closed,
        headers,
        terminate: () => socket.terminate(),
      }),
    );
  });
}

export const init = (authorization?: string) => ({ type: 'connection_init', payload: { authorization } });

export const FEED = 'subscription { events(after: "0") { type } }';

export const subscribe = (query: string, id = '1', variables?: object) => ({
  id,
  type: 'subscribe',
  payload: { query, variables },
});
