import { randomUUID } from 'node:crypto';
import type { NewEvent } from '#event-sourcing/event.js';
import type { Finding } from '../finding.js';
import { type Contender, ratesOf, takingTurns, underLoad } from '../load.js';
import type { Surroundings } from '../surroundings.js';
import { type Appender, BARE_INSERT, bareInsert, chronicle, EMMETT, emmett } from './contenders.js';

/** How many callers, and how many times faster than the others we have to be with so many. */
const SIZES: readonly { callers: number; timesEmmett?: number; timesBare?: number }[] = [
  { callers: 1, timesBare: 1 },
  { callers: 32 },
  { callers: 128, timesEmmett: 10, timesBare: 3 },
  { callers: 1_024 },
];
const ROUNDS = 5;
const EVENTS_PER_STREAM = 10;

const OURS =
  'The Postgres adapter with its defaults: group commit over one connection, no waiting for a batch to fill.';

function newEvent(stream: string): NewEvent {
  const [id, recordedAt] = [randomUUID(), new Date().toISOString()];
  return {
    id,
    type: 'LeadCaptured',
    recordedAt,
    data: { leadId: stream, name: '上海贸易有限公司', source: 'website', campaignId: 'c-17', ownerId: 'e-3' },
    metadata: {
      $correlationId: id,
      $causationId: id,
      commandId: id,
      actor: { id: 'e-3', role: 'salesperson' },
      occurredAt: recordedAt,
      schemaVersion: 1,
    },
  };
}

/** Callers who append one event at a time, each to streams of its own that get ten events. */
export const contending =
  ({ append }: Appender): Contender =>
  load =>
    underLoad(load, () => {
      let [count, stream] = [0, ''];
      return () => {
        const revision = count++ % EVENTS_PER_STREAM;
        if (revision === 0) stream = `lead-${randomUUID()}`;
        return append(stream, revision, newEvent(stream));
      };
    });

/** Appends of one event by callers who each wait for their answer, against others on the same Postgres. */
export async function benchAppend({ freshDatabase, full }: Surroundings): Promise<Finding[]> {
  const url = await freshDatabase();
  const appenders = [await chronicle(url), await emmett(url), await bareInsert(url)];
  const findings: Finding[] = [];
  try {
    for (const { callers, timesEmmett, timesBare } of SIZES) {
      const load = { callers, seconds: full ? 3 : 1 };
      const [ours, emmetts, bare] = await takingTurns(appenders.map(contending), load, ROUNDS);
      findings.push({
        what: `append, ${callers.toLocaleString('en-US')} ${callers === 1 ? 'caller' : 'callers'}`,
        configured: OURS,
        unit: 'per second',
        ...ratesOf(ours!),
        baselines: [
          { name: 'Emmett', configured: EMMETT, ...ratesOf(emmetts!), timesAtLeast: timesEmmett },
          { name: 'bare INSERT', configured: BARE_INSERT, ...ratesOf(bare!), timesAtLeast: timesBare },
        ],
      });
    }
    return findings;
  } finally {
    for (const appender of appenders) await appender.close();
  }
}
