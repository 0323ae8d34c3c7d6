import { existsSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { catchUp } from '#apps/system/src/catch-up.js';
import { sealerOf } from '#apps/system/src/sealing.js';
import { type System, systemClock } from '#apps/system/src/system.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { type HistoryBundle, withProofs } from '#integrity/history-bundle.js';
import { SealFolder } from '#integrity/seal-folder.js';
import { publicKey, publicPem } from '#integrity/signing-key.js';
import { customerStreams } from '#read-models/history/history.query.js';
import { leaveTrace } from './trace.js';
import { withSystem } from './with-system.js';

export function historyCommand(program: Command): void {
  program
    .command('history')
    .description('histories that others can verify')
    .command('export')
    .description('write a customer’s events with proofs that they were sealed; `crm verify FILE` checks them offline')
    .argument('<customer>', 'the customer’s id')
    .option('--out <file>', 'default: history-<customer>.json')
    .action((customerId: string, { out }: { out?: string }) =>
      withSystem(async system => {
        const file = out ?? `history-${customerId}.json`;
        if (existsSync(file)) throw refuse('BAD_USER_INPUT', `${file} is there already.`, { field: 'out' });
        await leaveTrace(system.accessLog, { operation: 'crm history export', records: [customerId] });
        await catchUp(system);
        const bundle = await bundleOf(system, customerId);
        writeFileSync(file, `${JSON.stringify(bundle, null, 1)}\n`, { mode: 0o600, flag: 'wx' });
        process.stdout.write(`${bundle.events.length} events into ${file}\nsigned by ${bundle.head.key}\n`);
      }),
    );
}

/** @throws Refusal NOT_FOUND for an unknown customer or while nothing was sealed. */
async function bundleOf(system: System, customerId: string): Promise<HistoryBundle> {
  const { stored, reading, config } = system;
  const events: RecordedEvent[] = [];
  for (const stream of await customerStreams(reading, { customerId }))
    for await (const event of stored.readStream(stream)) events.push(event);
  if (events.length === 0) throw refuse('NOT_FOUND', 'There is no such customer.', { field: 'customer' });
  events.sort((one, other) => (one.position < other.position ? -1 : 1));
  const head = await newestHead(system);
  if (!head) throw refuse('NOT_FOUND', `Nothing was sealed yet: there are no tree heads in ${config.headsDir}.`);
  return {
    format: 'chronicle-history-1',
    customerId,
    exportedAt: systemClock(),
    publicKey: publicPem(publicKey(config.sealKey)),
    head,
    events: withProofs(events, SealFolder.of(config.headsDir, head.log), head),
  };
}

/** Sealed up to now, so that the last events are covered as well. */
const newestHead = ({ stored, reading, config }: System) => sealerOf(stored, config, reading.clock).seal();
