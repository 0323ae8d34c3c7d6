import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type DynamicModule, Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import type { System } from '#apps/system/src/system.js';
import { aggregateModule } from '#crm/aggregate.module.js';
import { aggregates } from '#crm/aggregates.js';
import { Executor } from '#crm/execution/executor.js';
import { resolvers } from '#read-models/read-models.js';
import { Reading } from '#read-models/shared/reading.js';
import { errorFormatter } from './graphql-errors.js';
import { HealthController } from './health.controller.js';
import { senderOf } from './sender.js';

@Module({})
class SystemModule {}

@Module({})
class ApiModule {}

/** The API over an opened system: mutations from the aggregates, queries from the read models. */
export function apiModule({ executor, reading, log }: System): DynamicModule {
  const system: DynamicModule = {
    module: SystemModule,
    global: true,
    providers: [
      { provide: Executor, useValue: executor },
      { provide: Reading, useValue: reading },
    ],
    exports: [Executor, Reading],
  };
  return {
    module: ApiModule,
    imports: [
      system,
      aggregateModule(aggregates),
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        autoSchemaFile: true,
        sortSchema: true,
        graphiql: false,
        playground: false,
        introspection: process.env.NODE_ENV !== 'production',
        includeStacktraceInErrorResponses: false,
        context: (request: FastifyRequest) => ({ sender: senderOf(request) }),
        formatError: errorFormatter(log),
      }),
    ],
    controllers: [HealthController],
    providers: [...resolvers],
  };
}
