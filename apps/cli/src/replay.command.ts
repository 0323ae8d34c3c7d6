import type { Command } from 'commander';
import { catchUp } from '#apps/system/src/catch-up.js';
import { refuse } from '#event-sourcing/refusal.js';
import { systemViewer } from '#platform/access/viewer.js';
import { toInstant } from '#platform/graphql/scalars.js';
import type { HistoryEntry } from '#read-models/history/history.entry.js';
import { replayCustomer } from '#read-models/history/history.query.js';
import { leaveTrace } from './trace.js';
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
    await leaveTrace(system.accessLog, {
      operation: 'crm replay customer',
      arguments: { customerId, knownAt },
      records: [customerId],
    });
    await catchUp(system);
    const question = { customerId, knownAt: until, addresses: true };
    for await (const entry of replayCustomer(system.reading, systemViewer(), question)) {
      if (process.stdout.destroyed) return;
      const told = await toldOf(entry);
      process.stdout.write(json ? `${asJson(told)}\n` : asText(told));
    }
  });
}

/** An entry with everything that is looked up only for whoever asks. */
async function toldOf({ actor, changes, onBehalfOfName, address, ...entry }: HistoryEntry) {
  return {
    ...entry,
    actor: { ...actor, name: await actor.name() },
    onBehalfOfName: await onBehalfOfName(),
    address: await address(),
    changes: (await changes()) ?? [],
  };
}

type Told = Awaited<ReturnType<typeof toldOf>>;

function instantOf(text: string): string {
  const instant = toInstant(text);
  if (!instant) throw refuse('BAD_USER_INPUT', `--known-at ${text} is no instant. Allowed: 2026-03-01T00:00:00Z.`);
  return instant;
}

const asJson = (entry: Told) =>
  JSON.stringify(entry, (_, value) => (typeof value === 'bigint' ? String(value) : value));

const person = (name: string | null, ...particulars: string[]) =>
  name ? `${name} (${particulars.join(', ')})` : `${particulars[0]}${particulars[1] ? ` (${particulars[1]})` : ''}`;

function asText(entry: Told): string {
  const { recordedAt, occurredAt, title, actor, onBehalfOf, onBehalfOfName, reason, changes } = entry;
  const { address, stream, revision, position, eventId, data } = entry;
  const happened = occurredAt === recordedAt ? '' : ` (happened ${occurredAt})`;
  const who = person(actor.name, actor.id, actor.role);
  const forWhom = onBehalfOf ? ` for ${person(onBehalfOfName, onBehalfOf)}` : '';
  const lines = [
    `${recordedAt}${happened}  ${title}`,
    `by ${who}${forWhom}${address ? ` from ${address}` : ''} · ${stream}@${revision} · position ${position} · event ${eventId}`,
    ...(reason ? [`why: ${reason}`] : []),
    ...changes.map(({ text }) => text.replaceAll(/\s+/g, ' ')),
    JSON.stringify(data),
  ];
  return `${lines.join('\n    ')}\n`;
}
