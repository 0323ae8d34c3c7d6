import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { errorFormatter } from '#apps/api/src/graphql-errors.js';
import type { Receipt } from '#crm/execution/executor.js';
import type { Projection } from '#event-sourcing/projection.js';
import type { Envelope } from '#platform/graphql/command.js';
import { type Database, openDatabase } from '#projections/database.js';
import { prepare } from '#projections/prepare.js';
import { runProjections } from '#projections/projector.js';
import { Reading } from '#read-models/shared/reading.js';
import { MemoryCrm } from '../support/memory-crm.js';
import { testDatabase } from '../support/postgres.js';
import { asSystem } from '../support/viewing.js';

const TIME_ZONE = 'Asia/Shanghai';
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** A CRM on a log in memory, some of its read models in a database of their own, and their GraphQL. */
export interface QueryableCrm {
  readonly crm: MemoryCrm;
  readonly reading: Reading;
  send<Command extends Envelope>(type: new () => Command, input: object): Promise<Receipt>;
  /** The data of an answer that holds everything sent so far (`$atLeast`). Throws where it has errors. */
  query<Data = Record<string, never>>(document: string, variables?: object): Promise<Data>;
  /** The first error of an answer that must have one. */
  error(document: string, variables?: object): Promise<{ message: string; extensions: Record<string, unknown> }>;
  /** How many SQL statements `ask` takes. */
  statements(ask: () => Promise<unknown>): Promise<number>;
  close(): Promise<void>;
}

export async function queryableCrm(
  projections: readonly Projection[],
  resolvers: readonly Type[],
): Promise<QueryableCrm> {
  const { url, drop } = await testDatabase();
  const [writing, database] = [openDatabase(url), openDatabase(url)];
  const count = counting(database);
  const crm = await new MemoryCrm().withDefaultPipeline();
  const { send } = crm.process();
  const { store } = crm;
  const stopping = new AbortController();
  await prepare({ database: writing, projections, timeZone: TIME_ZONE });
  const options = { store, database: writing, projections, timeZone: TIME_ZONE, log: silent };
  const running = runProjections({ ...options, signal: stopping.signal });
  const reading = new Reading(database, store, TIME_ZONE, crm.now);
  const app = await graphql(reading, resolvers);

  const ask = async (query: string, variables: object = {}) => {
    const atLeast = String(await store.head());
    const payload = { query, variables: { atLeast, ...variables } };
    return (await app.inject({ method: 'POST', url: '/graphql', payload })).json();
  };
  return {
    crm,
    reading,
    send,
    query: async (document, variables) => {
      const { data, errors } = await ask(document, variables);
      if (errors) throw new Error(JSON.stringify(errors, null, 2));
      return data;
    },
    error: async (document, variables) => {
      const { data, errors } = await ask(document, variables);
      if (!errors) throw new Error(`Expected an error, but got ${JSON.stringify(data)}`);
      return errors[0];
    },
    statements: async asked => {
      const before = count.statements;
      await asked();
      return count.statements - before;
    },
    close: async () => {
      await app.close();
      stopping.abort();
      await running;
      await database.close();
      await writing.close();
      await drop();
    },
  };
}

async function graphql(reading: Reading, resolvers: readonly Type[]): Promise<NestFastifyApplication> {
  @Module({
    imports: [
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        autoSchemaFile: true,
        graphiql: false,
        playground: false,
        context: () => asSystem,
        formatError: errorFormatter(pino({ level: 'error' })),
      }),
    ],
    providers: [{ provide: Reading, useValue: reading }, ...resolvers],
  })
  class QueryModule {}

  const app = await NestFactory.create<NestFastifyApplication>(QueryModule, new FastifyAdapter(), {
    logger: false,
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

/** Counts what goes to the database. */
function counting({ pool }: Database): { statements: number } {
  const count = { statements: 0 };
  pool.on('connect', client => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
      count.statements++;
      return query(...args);
    }) as typeof client.query;
  });
  return count;
}
