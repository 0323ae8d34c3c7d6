import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import { ProjectionsWatch } from '#apps/system/src/projections-watch.js';
import type { System } from '#apps/system/src/system.js';
import { aggregateModule } from '#crm/aggregate.module.js';
import { aggregates } from '#crm/aggregates.js';
import { Executor } from '#crm/execution/executor.js';
import { Identities } from '#crm/identities/identities.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { AccessLog } from '#read-models/access-log/access-log.js';
import { projections, resolvers } from '#read-models/read-models.js';
import { Reading } from '#read-models/shared/reading.js';
import type { Access } from './access.js';
import { AccessTrail } from './access-trail.js';
import { apiResolvers } from './api-resolvers.js';
import { Door } from './door.js';
import { addAccessLogGauge, addGauges } from './gauges.js';
import { GraphqlDriver } from './graphql-driver.js';
import { errorFormatter } from './graphql-errors.js';
import { graphqlMetrics } from './graphql-metrics.js';
import { graphqlTracing } from './graphql-tracing.js';
import { HealthController } from './health.controller.js';
import { HeadsFolder } from './integrity.resolver.js';
import { withBoundedArguments } from './limits/bounded-arguments.js';
import { Gate, gatePlugin } from './limits/gate.js';
import { InOrder, withQueriesInOrder } from './limits/in-order.js';
import { parseOptions } from './limits/parse-options.js';
import { withPortionedLists } from './limits/portioned-lists.js';
import { textOf } from './limits/portioned-text.js';
import { Turns } from './limits/turns.js';
import { MetricsController } from './metrics.controller.js';
import { Operations } from './operations/operations.js';
import { PermissionGuard } from './permission.guard.js';
import { Readiness } from './readiness.js';
import { contextOf } from './request-context.js';
import { Sockets } from './sockets.js';
import { subscriptions } from './subscriptions.js';

@Module({})
class SystemModule {}

@Module({})
class ApiModule {}

export interface ApiOptions {
  /** How far read models may be behind the log before this process says that it is not ready; `undefined`: however far. */
  readonly maxLagSeconds?: number;
}

/** The API over an opened system: mutations from the aggregates, queries from the read models. */
export function apiModule(
  opened: System,
  { door, identities, gate }: Access,
  { maxLagSeconds }: ApiOptions,
): DynamicModule {
  const { executor, reading, accessLog, metrics, appends, log, config, tracing } = opened;
  const watch = new ProjectionsWatch(reading);
  addGauges(metrics.registry, watch, { database: reading.database, appends });
  addAccessLogGauge(metrics.registry, accessLog);
  const production = process.env.NODE_ENV === 'production';
  const names = projections.map(({ name }) => name);
  // Of all long lists together: however many are asked for, a portion of one is answered at a time, and one of another written.
  const [answering, writing] = [new Turns(gate.giveWay), new Turns(gate.giveWay)];
  const order = new InOrder();
  const system: DynamicModule = {
    module: SystemModule,
    global: true,
    providers: [
      { provide: Executor, useValue: executor },
      { provide: Reading, useValue: reading },
      { provide: AccessLog, useValue: accessLog },
      { provide: Identities, useValue: identities },
      { provide: Door, useValue: door },
      { provide: Gate, useValue: gate },
    ],
    exports: [Executor, Reading, AccessLog, Identities, Door, Gate],
  };
  return {
    module: ApiModule,
    imports: [
      system,
      aggregateModule(aggregates),
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: GraphqlDriver,
        autoSchemaFile: true,
        sortSchema: true,
        transformSchema: schema =>
          withPortionedLists(withQueriesInOrder(withBoundedArguments(schema), order), answering),
        stringifyResult: answer => textOf(answer, writing),
        graphiql: false,
        playground: false,
        introspection: !production,
        hideSchemaDetailsFromClientErrors: production,
        csrfPrevention: true,
        allowBatchedHttpRequests: false,
        persistedQueries: false,
        parseOptions,
        includeStacktraceInErrorResponses: false,
        context: (request: FastifyRequest) => contextOf(door, gate, request),
        formatError: errorFormatter(log),
        subscriptions: {
          'graphql-ws': subscriptions({
            log,
            metrics,
            gate,
            sockets: new Sockets(door),
            protection: config.protection,
          }),
        },
        plugins: [
          graphqlMetrics(metrics),
          gatePlugin(gate, order),
          ...(tracing ? [graphqlTracing(tracing)] : []),
          // It looks at every field, for headers that we don't send: half of the time of an answer with long lists.
          ApolloServerPluginCacheControlDisabled(),
          // Else a variable of the environment is enough for what is asked here to be told elsewhere.
          ApolloServerPluginUsageReportingDisabled(),
        ],
      }),
    ],
    controllers: [HealthController, MetricsController],
    providers: [
      ...resolvers,
      ...apiResolvers,
      { provide: APP_GUARD, useClass: PermissionGuard },
      { provide: APP_INTERCEPTOR, useClass: AccessTrail },
      { provide: HeadsFolder, useValue: new HeadsFolder(config.headsDir) },
      { provide: Operations, useValue: new Operations(opened) },
      { provide: Metrics, useValue: metrics },
      {
        provide: Readiness,
        useValue: new Readiness(reading, { projections: watch, appends }, { projections: names, maxLagSeconds }),
      },
    ],
  };
}
