import type { Receipt } from '#crm/execution/executor.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Envelope } from '#platform/graphql/command.js';
import type { Tracing } from '#platform/tracing/tracing.js';
import type { Database, FoldedPage } from '#projections/database.js';
import { MeasuredExecutor, outcomeOf } from './measured.js';

type Options = ConstructorParameters<typeof MeasuredExecutor>;

/** The executor with a span per command; the events carry its trace context on through the log. */
export class TracedExecutor extends MeasuredExecutor {
  constructor(
    private readonly tracing: Tracing,
    ...[options, metrics, log]: Options
  ) {
    super({ ...options, traceparent: () => tracing.traceparent }, metrics, log);
  }

  override async execute(command: Envelope): Promise<Receipt> {
    const { name } = command.constructor;
    const attributes = { 'chronicle.command': name };
    return this.tracing.span(`command ${name}`, { attributes }, async span => {
      try {
        const receipt = await super.execute(command);
        span.setAttributes({ 'chronicle.outcome': outcomeOf(receipt), 'chronicle.id': receipt.id });
        return receipt;
      } catch (error) {
        span.setAttribute('chronicle.outcome', outcomeOf(error));
        throw error;
      }
    });
  }
}

/** The same store, with a span per append. */
export function tracedStore(store: EventStore, tracing: Tracing): EventStore {
  const traced = Object.create(store) as EventStore;
  traced.append = (stream, expected, events) => {
    const attributes = { 'chronicle.stream': stream, 'chronicle.events': events.length };
    return tracing.span('append', { kind: 'CLIENT', attributes }, async span => {
      const appended = await store.append(stream, expected, events);
      span.setAttribute('chronicle.position', String(appended.position));
      return appended;
    });
  };
  return traced;
}

/** A span for each page that a projection has folded, linked to the traces that its events come from. */
export function tracePages({ signals }: Database, tracing: Tracing): void {
  signals.on('folded', ({ projection, events, began }: FoldedPage) => {
    const links = events.flatMap(({ metadata: { traceparent } }) => traceparent ?? []);
    if (links.length === 0) return;
    const attributes = {
      'chronicle.projection': projection,
      'chronicle.events': events.length,
      'chronicle.position': String(events.at(-1)!.position),
    };
    tracing.begin(`project ${projection}`, { kind: 'CONSUMER', attributes, links, startTime: began }).end();
  });
}
