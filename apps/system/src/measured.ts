import { Executor, type ExecutorOptions, type Receipt } from '#crm/execution/executor.js';
import { type EventStore, WrongExpectedRevision } from '#event-sourcing/event-store.js';
import { Refusal } from '#event-sourcing/refusal.js';
import type { Envelope } from '#platform/graphql/command.js';
import type { Metrics } from '#platform/metrics/metrics.js';
import type { AppendWatch } from './append-watch.js';

/** The executor, with every command counted, whoever sends it. */
export class MeasuredExecutor extends Executor {
  constructor(
    options: ExecutorOptions,
    private readonly metrics: Metrics,
  ) {
    super(options);
  }

  override async execute(command: Envelope): Promise<Receipt> {
    const labels = { command: command.constructor.name };
    const stop = this.metrics.commandSeconds.startTimer(labels);
    let outcome = 'failed';
    try {
      const receipt = await super.execute(command);
      outcome = receipt.changed ? 'changed' : 'unchanged';
      return receipt;
    } catch (error) {
      if (error instanceof Refusal) outcome = error.code;
      throw error;
    } finally {
      stop();
      this.metrics.commands.inc({ ...labels, outcome });
    }
  }
}

/** The same store, with every append measured, and watched while it is under way. */
export function measuredStore(store: EventStore, metrics: Metrics, watch: AppendWatch): EventStore {
  return {
    append: async (stream, expected, events) => {
      metrics.appendsUnderWay.observe(watch.underWay);
      const answered = watch.asked();
      const stop = metrics.appendSeconds.startTimer();
      try {
        const appended = await store.append(stream, expected, events);
        stop({ outcome: 'appended' });
        metrics.appendEvents.observe(events.length);
        return appended;
      } catch (error) {
        stop({ outcome: error instanceof WrongExpectedRevision ? 'conflict' : 'failed' });
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
