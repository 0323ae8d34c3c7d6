import type { EventStore } from '#event-sourcing/event-store.js';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';
import { ChainedStore } from '#integrity/chained-store.js';
import { contending } from './append/append.js';
import type { Finding } from './finding.js';
import { ratesOf, takingTurns } from './load.js';
import type { Surroundings } from './surroundings.js';

const CALLERS = 128;
const ROUNDS = 9;
/** Chaining may cost less than a tenth of the throughput. */
const AT_LEAST = 0.9;

const appender = (store: EventStore) =>
  contending({
    append: (stream, revision, event) =>
      store.append(stream, revision === 0 ? 'noStream' : BigInt(revision - 1), [event]),
    close: async () => undefined,
  });

/** What the hash chain costs: the same appends with it and without, in turns on one Postgres. */
export async function benchChain({ freshDatabase, full }: Surroundings): Promise<Finding[]> {
  const plain = await openPostgresStore(await freshDatabase());
  try {
    const contenders = [appender(new ChainedStore(plain)), appender(plain)];
    const [chained, without] = await takingTurns(contenders, { callers: CALLERS, seconds: full ? 3 : 1 }, ROUNDS);
    return [
      {
        what: `append to hash chains, ${CALLERS} callers`,
        unit: 'per second',
        ...ratesOf(chained!),
        baselines: [
          { name: 'without hashes', configured: 'The same store.', ...ratesOf(without!), timesAtLeast: AT_LEAST },
        ],
      },
    ];
  } finally {
    await plain.close();
  }
}
