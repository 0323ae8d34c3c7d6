import type { Logger } from 'pino';
import { Executor, type ExecutorOptions, type Receipt } from '#crm/execution/executor.js';
import { type EventStore, WrongExpectedRevision } from '#event-sourcing/event-store.js';
import { Refusal } from '#event-sourcing/refusal.js';
import type { Envelope } from '#platform/graphql/command.js';
import type { Metrics } from '#platform/metrics/metrics.js';
import type { AppendWatch } from './append-watch.js';

/** What became of a command, by its receipt or by what it threw: a word of a short list, fit for a label. */
export function outcomeOf(result: unknown): string {
  if (result instanceof Refusal) return result.code;
  if (result instanceof Error) return 'failed';
  return (result as Receipt).changed ? 'changed' : 'unchanged';
}

/** The timers that the metrics bring make a function for each measurement. */
const secondsSince = (began: number) => (performance.now() - began) / 1_000;

/** The executor, with every command counted, whoever sends it. */
export class MeasuredExecutor extends Executor {
  constructor(
    options: ExecutorOptions,
    private readonly metrics: Metrics,
    private readonly log: Logger,
  ) {
    super(options);
  }

  override async execute(command: Envelope): Promise<Receipt> {
    const began = performance.now();
    try {
      const receipt = await super.execute(command);
      this.count(command, began, receipt);
      return receipt;
    } catch (error) {
      this.count(command, began, error);
      throw error;
    }
  }

  private count(command: Envelope, began: number, result: unknown): void {
    const labels = { command: command.constructor.name };
    const outcome = outcomeOf(result);
    const seconds = secondsSince(began);
    this.metrics.commandSeconds.observe(labels, seconds);
    this.metrics.commands.inc({ ...labels, outcome });
    this.log.debug({ ...labels, outcome, seconds }, 'command');
  }
}

/** The same store, with every append measured, and watched while it is under way. */
export function measuredStore(store: EventStore, metrics: Metrics, watch: AppendWatch): EventStore {
  return {
    append: async (stream, expected, events) => {
      metrics.appendsUnderWay.observe(watch.underWay);
      const answered = watch.asked();
      const began = performance.now();
      try {
        const appended = await store.append(stream, expected, events);
        metrics.appendSeconds.observe({ outcome: 'appended' }, secondsSince(began));
        metrics.appendEvents.observe(events.length);
        return appended;
      } catch (error) {
        const outcome = error instanceof WrongExpectedRevision ? 'conflict' : 'failed';
        metrics.appendSeconds.observe({ outcome }, secondsSince(began));
        throw error;
      } finally {
        answered();
      }
    },
    readStream: (stream, options) => store.readStream(stream, options),
    readAll: options => store.readAll(options),
    follow: options => store.follow(options),
    head: () => store.head(),
    close: () => store.close(),
  };
}
