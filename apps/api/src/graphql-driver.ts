import type { Server } from 'node:http';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Inject } from '@nestjs/common';
import type { WebSocketServer } from 'ws';
import { Gate } from './limits/gate.js';
import { guardWebSockets, refuseOtherUpgrades } from './web-sockets.js';

/** Nest makes the web socket server by itself and hands it no options of ours. */
interface WithWebSockets {
  readonly _subscriptionService: { readonly wss: WebSocketServer };
}

/** Apollo on Fastify, with web sockets that are guarded. */
export class GraphqlDriver extends ApolloDriver {
  @Inject(Gate)
  private readonly gate: Gate;

  override async start(options: ApolloDriverConfig): Promise<void> {
    await super.start(options);
    const { wss } = (this as unknown as WithWebSockets)._subscriptionService;
    guardWebSockets(wss, this.gate);
    refuseOtherUpgrades(this.httpAdapterHost.httpAdapter.getHttpServer() as Server, wss.options.path!);
  }
}
