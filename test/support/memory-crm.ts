import { aggregates } from '#crm/aggregates.js';
import { Executor, type Receipt } from '#crm/execution/executor.js';
import { defaultPipeline } from '#crm/pipeline/default-pipeline.js';
import { DefinePipeline } from '#crm/pipeline/pipeline.commands.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import type { Envelope, Sender } from '#platform/graphql/command.js';

const sender: Sender = { actor: { id: 'tester', role: 'administrator' } };

/** The write side on a log in memory, with a clock that stands still until a test moves it. */
export class MemoryCrm {
  readonly store = new MemoryEventStore();
  private epoch = Date.parse('2026-03-02T02:00:00.000Z');

  /** One more process on the same log, as it were: it remembers for itself. `store` stands in for a log that misbehaves. */
  process(store: EventStore = this.store) {
    const options = { store, aggregates, timeZone: 'Asia/Shanghai', clock: this.now };
    const executor = new Executor(options);
    const send = <Command extends Envelope>(type: new () => Command, input: object): Promise<Receipt> =>
      executor.send(type, input, sender);
    return { executor, send };
  }

  readonly now = (): string => new Date(this.epoch).toISOString();

  pass(seconds: number): void {
    this.epoch += seconds * 1000;
  }

  async withDefaultPipeline(): Promise<this> {
    await this.process().send(DefinePipeline, defaultPipeline);
    return this;
  }

  async events(stream: string): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const event of this.store.readStream(stream)) events.push(event);
    return events;
  }

  /** Only their types: `['OpportunityOpened', 'StageAdvanced']`. */
  async story(stream: string): Promise<string[]> {
    return (await this.events(stream)).map(({ type }) => type);
  }
}

/** The store, but something happens before each append; throwing there loses the append. */
export function interrupted(store: EventStore, before: (stream: string) => Promise<void>): EventStore {
  const standIn = Object.create(store) as EventStore;
  standIn.append = async (stream, expected, events) => {
    await before(stream);
    return store.append(stream, expected, events);
  };
  return standIn;
}
