import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';

/** A subscription is a short document; the default of the web socket server is 100 MiB for each message. */
const MESSAGE_LIMIT = 65_536;

/** Nest makes the web socket server by itself and hands it no options of ours. */
interface WithWebSockets {
  readonly _subscriptionService: { readonly wss: { readonly options: { maxPayload?: number } } };
}

/** Apollo on Fastify; a longer message than the limit closes its web socket (code 1009). */
export class GraphqlDriver extends ApolloDriver {
  override async start(options: ApolloDriverConfig): Promise<void> {
    await super.start(options);
    (this as unknown as WithWebSockets)._subscriptionService.wss.options.maxPayload = MESSAGE_LIMIT;
  }
}
