import { type Command, InvalidArgumentError } from 'commander';
import { toInstant } from '#platform/graphql/scalars.js';
import type { AccessEntry } from '#read-models/access-log/access-entry.type.js';
import { type AccessFilter, accessLogOf } from '#read-models/access-log/access-log.query.js';
import { atMost } from './at-most.js';
import { asTable } from './table.js';
import { leaveTrace } from './trace.js';
import { withSystem } from './with-system.js';

interface Options extends AccessFilter {
  readonly limit: number;
  readonly json: boolean;
}

const HEADER = ['at', 'who', 'role', 'operation', 'rows', 'outcome', 'address', 'arguments', 'records'];

export function accessLogCommand(program: Command): void {
  program
    .command('access-log')
    .description('who looked at personal data, and who sent commands from where; newest first')
    .option('--actor-id <id>', 'only of this employee or account; cli:USER for the command line')
    .option('--operation <name>', 'only this one, "query customer"')
    .option('--record <id>', 'only where this record was answered or named by a command: who saw this customer?')
    .option('--correlation-id <id>', 'only of this conversation, which events name as well')
    .option('--address <address>', 'only from this address')
    .option('--from <instant>', 'not before, 2026-03-01T00:00:00Z', instant)
    .option('--to <instant>', 'not after', instant)
    .option('--limit <number>', 'so many at most, up to 500', atMost(500), 50)
    .option('--json', 'one JSON document per entry', false)
    .action(({ limit, json, ...filter }: Options) =>
      withSystem(async ({ database, accessLog }) => {
        await leaveTrace(accessLog, { operation: 'crm access-log', arguments: filter });
        const { nodes } = await accessLogOf(database, filter, { first: limit });
        process.stdout.write(json ? nodes.map(entry => `${JSON.stringify(entry)}\n`).join('') : asText(nodes));
      }),
    );
}

const asText = (entries: readonly AccessEntry[]) =>
  asTable(
    HEADER,
    entries.map(({ at, actorId, role, operation, rows, outcome, address, arguments: given, records }) => {
      return [at, actorId, role, operation, rows, outcome, address, given, records.join(' ')];
    }),
  );

function instant(text: string): string {
  const found = toInstant(text);
  if (!found) throw new InvalidArgumentError('An instant looks like 2026-03-01T00:00:00Z.');
  return found;
}
