import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import type { WebSocketServer } from 'ws';
import { limits } from './limits/limits.js';

/** Nest makes the web socket server by itself and hands it no options of ours; the default is 100 MiB for each message. */
interface WithWebSockets {
  readonly _subscriptionService: { readonly wss: WebSocketServer };
}

/** Apollo on Fastify; a longer message than the limit closes its web socket (code 1009). */
export class GraphqlDriver extends ApolloDriver {
  override async start(options: ApolloDriverConfig): Promise<void> {
    await super.start(options);
    const { wss } = (this as unknown as WithWebSockets)._subscriptionService;
    wss.options.maxPayload = limits.messageBytes.most;
    // graphql-ws prints what is wrong with a message to the console, which would be a log that any client can fill.
    wss.on('connection', socket => socket.removeAllListeners('error').on('error', () => undefined));
  }
}
