import type { IncomingMessage } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { System } from '#apps/system/src/system.js';
import { LOOPBACK } from '#platform/authentication/authentication.js';
import { correlationFrom } from '#platform/correlation.js';
import { openAccess } from './access.js';
import { type ApiOptions, apiModule } from './api.module.js';
import { holdConversations } from './conversations.js';
import { draining } from './draining.js';
import { guardEntrance } from './entrance.js';
import { ErrorFilter } from './error.filter.js';
import { limits } from './limits/limits.js';

/** An API that answers. */
export interface Listening {
  /** `http://127.0.0.1:3000/graphql` */
  readonly url: string;
  /** An administrator's token, where the local issuer makes them. */
  readonly token?: string;
  /** Answers what has been asked, takes no more. */
  close(): Promise<void>;
}

const CORS = {
  methods: ['POST'],
  allowedHeaders: ['authorization', 'content-type', 'x-correlation-id', 'x-on-behalf-of'],
  exposedHeaders: ['retry-after', 'x-correlation-id'],
  maxAge: 600,
};

/** Starts the API over an opened system; port 0 takes a free one. */
export async function listen(system: System, options: ApiOptions = {}): Promise<Listening> {
  const genReqId = ({ headers }: IncomingMessage) => correlationFrom(headers['x-correlation-id']);
  const adapter = new FastifyAdapter({ bodyLimit: limits.bodyBytes.most, genReqId });
  holdConversations(adapter.getInstance(), system.tracing);
  const { config } = system;
  const access = await openAccess(system);
  guardEntrance(adapter.getInstance(), access);
  const app = await NestFactory.create<NestFastifyApplication>(apiModule(system, access, options), adapter, {
    logger: ['error', 'warn'],
    return503OnClosing: true,
  });
  const drained = draining(adapter.getInstance());
  app.useGlobalFilters(new ErrorFilter(app.getHttpAdapter()));
  const { corsOrigins } = config.protection;
  // Without it a browser shows our answers to no page at all.
  if (corsOrigins.length > 0) app.enableCors({ ...CORS, origin: [...corsOrigins] });
  const host = config.host ?? LOOPBACK;
  await app.listen(config.port, host);
  const { port } = app.getHttpServer().address() as { port: number };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/graphql`,
    token: access.token,
    close: async () => {
      await drained(() => app.close());
      await access.identities.close();
    },
  };
}
