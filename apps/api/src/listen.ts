import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { System } from '#apps/system/src/system.js';
import { type ApiOptions, apiModule } from './api.module.js';
import { ErrorFilter } from './error.filter.js';

/** Loopback only, until there is authentication: whoever reaches the port may do anything. */
const HOST = '127.0.0.1';
const BODY_LIMIT = 1_048_576;

/** An API that answers. */
export interface Listening {
  /** `http://127.0.0.1:3000/graphql` */
  readonly url: string;
  /** Answers what has been asked, takes no more. */
  close(): Promise<void>;
}

/** Starts the API over an opened system; port 0 takes a free one. */
export async function listen(system: System, options: ApiOptions = {}): Promise<Listening> {
  const adapter = new FastifyAdapter({ bodyLimit: BODY_LIMIT });
  const app = await NestFactory.create<NestFastifyApplication>(apiModule(system, options), adapter, {
    logger: ['error', 'warn'],
    forceCloseConnections: true,
  });
  app.useGlobalFilters(new ErrorFilter(app.getHttpAdapter()));
  await app.listen(system.config.port, HOST);
  const { port } = app.getHttpServer().address() as { port: number };
  return { url: `http://${HOST}:${port}/graphql`, close: () => app.close() };
}
