import type { Command } from 'commander';
import { catchUp } from '#apps/system/src/catch-up.js';
import { refuse } from '#event-sourcing/refusal.js';
import { systemViewer } from '#platform/access/viewer.js';
import { toInstant } from '#platform/graphql/scalars.js';
import type { HistoryEntry } from '#read-models/history/history.entry.js';
import { replayCustomer } from '#read-models/history/history.query.js';
import { withSystem } from './with-system.js';

interface Options {
  readonly knownAt?: string;
  readonly json: boolean;
}

export function replayCommand(program: Command): void {
  program
    .command('replay')
    .description('print what happened, in order, across all streams')
    .command('customer')
    .argument('<id>', 'the customer’s id')
    .option('--known-at <instant>', 'only what had been recorded until then, e.g. 2026-03-01T00:00:00Z')
    .option('--json', 'one JSON document per event, with the raw event', false)
    .action(replay);
}

async function replay(customerId: string, { knownAt, json }: Options): Promise<void> {
  const until = knownAt === undefined ? undefined : instantOf(knownAt);
  await withSystem(async system => {
    await catchUp(system);
    for await (const entry of replayCustomer(system.reading, systemViewer(), { customerId, knownAt: until })) {
      if (process.stdout.destroyed) return;
      process.stdout.write(json ? `${asJson(entry)}\n` : asText(entry));
    }
  });
}

function instantOf(text: string): string {
  const instant = toInstant(text);
  if (!instant) throw refuse('BAD_USER_INPUT', `--known-at ${text} is no instant. Allowed: 2026-03-01T00:00:00Z.`);
  return instant;
}

const asJson = (entry: HistoryEntry) =>
  JSON.stringify(entry, (_, value) => (typeof value === 'bigint' ? String(value) : value));

function asText(entry: HistoryEntry): string {
  const { recordedAt, occurredAt, title, actor, reason, stream, revision, position, eventId, data } = entry;
  const happened = occurredAt === recordedAt ? '' : ` (happened ${occurredAt})`;
  const why = reason ? `\n    why: ${reason}` : '';
  return `${recordedAt}${happened}  ${title}
    by ${actor.id} (${actor.role}) · ${stream}@${revision} · position ${position} · event ${eventId}${why}
    ${JSON.stringify(data)}
`;
}
