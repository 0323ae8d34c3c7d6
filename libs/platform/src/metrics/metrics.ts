import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** From a group commit on a fast disk up to what a client gives up on. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * What a process counts while it works. All label values come from our own definitions (commands, error codes, root fields of the schema),
 * never from a client: each new one would be a series for ever.
 */
export class Metrics {
  readonly registry = new Registry();

  readonly commands = new Counter({
    name: 'chronicle_commands_total',
    help: 'Commands by name and outcome: changed, unchanged (done before), the code of a refusal, or failed.',
    labelNames: ['command', 'outcome'],
    registers: [this.registry],
  });

  readonly commandSeconds = new Histogram({
    name: 'chronicle_command_duration_seconds',
    help: 'From a checked command to its answer, with the append.',
    labelNames: ['command'],
    buckets: SECONDS,
    registers: [this.registry],
  });

  readonly appendSeconds = new Histogram({
    name: 'chronicle_append_duration_seconds',
    help: 'How long the log took for an append: appended, conflict or failed.',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers: [this.registry],
  });

  readonly appendEvents = new Histogram({
    name: 'chronicle_append_events',
    help: 'Events per append that was made.',
    buckets: [1, 2, 5, 10, 50, 100, 500],
    registers: [this.registry],
  });

  readonly batchAppends = new Histogram({
    name: 'chronicle_append_batch_appends',
    help: 'Appends that one commit took together, where the log is in Postgres.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers: [this.registry],
  });

  readonly appendsUnderWay = new Histogram({
    name: 'chronicle_appends_under_way',
    help: 'Appends of this process that were waiting or in flight when another one came: what a group commit can take together.',
    buckets: [0, 1, 3, 7, 15, 31, 63, 127, 255, 511],
    registers: [this.registry],
  });

  readonly operations = new Counter({
    name: 'chronicle_graphql_operations_total',
    help: 'GraphQL operations by root field (several, introspection, invalid) and outcome: ok, refused (the client’s doing) or failed (ours).',
    labelNames: ['operation', 'outcome'],
    registers: [this.registry],
  });

  readonly operationSeconds = new Histogram({
    name: 'chronicle_graphql_duration_seconds',
    help: 'From a GraphQL request to its answer.',
    labelNames: ['operation'],
    buckets: SECONDS,
    registers: [this.registry],
  });

  readonly subscribers = new Gauge({
    name: 'chronicle_subscription_connections',
    help: 'Web sockets over which clients subscribe.',
    registers: [this.registry],
  });

  readonly notifications = new Counter({
    name: 'chronicle_subscription_messages_total',
    help: 'What subscribers were sent, by subscription.',
    labelNames: ['operation'],
    registers: [this.registry],
  });
}
