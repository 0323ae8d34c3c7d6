import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fill } from './log.js';

/** Its default of 100 with a pause of 50 ms after each batch would allow 2,000 events a second whatever it did. */
const BATCH_SIZE = 5_000;

export const EMMETT_PROJECTION =
  `\`rebuildPostgreSQLProjections\` of \`@event-driven-io/emmett-postgresql\`, which its documentation gives for rebuilding, with a ` +
  `projection that handles all types and does nothing; batches of ${BATCH_SIZE} without a pause between them (the defaults are 100 and 50 ms).`;

/** As little as Emmett's types are needed here: its package is installed beside the product, not with it. */
interface EmmettLibrary {
  getPostgreSQLEventStore(url: string, options: object): EmmettStore;
  postgreSQLProjection(definition: object): object;
  rebuildPostgreSQLProjections(options: object): { start(): Promise<void>; close(): Promise<void> };
}
interface EmmettStore {
  readonly schema: { migrate(): Promise<unknown> };
  appendToStream(stream: string, events: object[]): Promise<unknown>;
  close(): Promise<void>;
}

/** Fills an Emmett store with the same events and rebuilds a projection that does nothing: events per second, a value per repetition. */
export async function emmettRebuilds(url: string, events: number, repetitions: number): Promise<number[]> {
  const require = createRequire(resolve('bench/peers/package.json'));
  const library = require('@event-driven-io/emmett-postgresql') as EmmettLibrary;
  const store = library.getPostgreSQLEventStore(url, { schema: { autoMigration: 'None' } });
  await store.schema.migrate();
  const types = new Set<string>();
  await fill((stream, batch) => {
    for (const { type } of batch) types.add(type);
    const messages = batch.map(({ type, data, metadata }) => ({ type, data, metadata }));
    return store.appendToStream(stream, messages);
  }, events);
  const rates: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    let handled = 0;
    const handle = async (batch: readonly unknown[]) => {
      handled += batch.length;
    };
    const projection = library.postgreSQLProjection({ name: `nothing${repetition}`, canHandle: [...types], handle });
    const consumer = library.rebuildPostgreSQLProjections({
      connectionString: url,
      pulling: { batchSize: BATCH_SIZE, pullingFrequencyInMs: 0 },
      projections: [projection],
    });
    const started = performance.now();
    await consumer.start();
    rates.push(handled / ((performance.now() - started) / 1_000));
    await consumer.close();
    if (handled !== events) throw new Error(`Emmett has handled ${handled} of ${events} events.`);
  }
  await store.close();
  return rates;
}
