import type { Command } from 'commander';
import { systemClock } from '#apps/system/src/system.js';
import { refuse } from '#event-sourcing/refusal.js';
import { type RebuildProgress, type RebuildReport, rebuild } from '#projections/rebuild.js';
import { type ProjectionStatus, projectionStatus } from '#projections/status.js';
import { swapBack } from '#projections/swap.js';
import { projections } from '#read-models/read-models.js';
import { withSystem } from './with-system.js';

/** The rebuilt tables differ from the live ones of the same version. */
const DIFFERENT = 3;

export function projectionsCommand(program: Command): void {
  const command = program
    .command('projections')
    .description('look after the read models; without more words: their status');
  command
    .command('status', { isDefault: true })
    .description('version, position, lag, rate and last error of each')
    .action(status);
  command
    .command('rebuild')
    .description('build a read model again from the log, beside the live one, and compare before swapping')
    .argument('<name>')
    .option('--force', 'swap although the same version gave other figures than the live one has', false)
    .action(async (name: string, { force }: { force: boolean }) => {
      process.exitCode = await rebuildNamed(name, force);
    });
  command
    .command('swap-back')
    .description('put the tables back that the last rebuild replaced')
    .argument('<name>')
    .action((name: string) => withSystem(({ database }) => swapBack(database, projectionNamed(name).name)));
}

function projectionNamed(name: string) {
  const found = projections.find(projection => projection.name === name);
  if (found) return found;
  const allowed = projections.map(projection => projection.name);
  throw refuse('NOT_FOUND', `There is no projection ${name}. There are ${allowed.join(', ')}.`, {
    field: 'name',
    allowed,
  });
}

async function status(): Promise<void> {
  await withSystem(async ({ database, store }) => {
    const rows = (await projectionStatus(database, store, systemClock)).map(line);
    const widths = HEADER.map((name, column) => Math.max(name.length, ...rows.map(cells => cells[column]!.length)));
    for (const cells of [HEADER, ...rows])
      process.stdout.write(
        `${cells
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
      );
  });
}

const HEADER = [
  'name',
  'version',
  'state',
  'position',
  'head',
  'lag events',
  'lag s',
  'events/s',
  'dead letters',
  'last error',
];

function line(status: ProjectionStatus): string[] {
  const { name, version, state, position, head, lagEvents, lagSeconds, eventsPerSecond, deadLetters, lastError } =
    status;
  const cells = [name, version, state, position, head, lagEvents, lagSeconds, eventsPerSecond, deadLetters, lastError];
  return cells.map(cell =>
    typeof cell === 'number' && !Number.isInteger(cell) ? cell.toFixed(1) : String(cell ?? '–'),
  );
}

async function rebuildNamed(name: string, force: boolean): Promise<number> {
  const projection = projectionNamed(name);
  return withSystem(async ({ database, store, config, log }) => {
    const onProgress = progressOn(process.stderr);
    const timeZone = config.businessTimezone;
    const report = await rebuild({ database, store, projection, timeZone, log, force, onProgress });
    process.stdout.write(`${describe(report)}\n`);
    return report.swapped ? 0 : DIFFERENT;
  });
}

/** One line that is written over on a terminal; elsewhere a line per phase. */
function progressOn(out: NodeJS.WriteStream): (progress: RebuildProgress) => void {
  let last = '';
  return ({ phase, events, eventsPerSecond, etaSeconds }) => {
    const rate = `${events} events  ${Math.round(eventsPerSecond)}/s`;
    if (out.isTTY)
      out.write(`\r\x1b[K${phase}  ${rate}  ${Math.ceil(etaSeconds)} s left${phase === 'swapped' ? '\n' : ''}`);
    else if (phase !== last) out.write(`${phase}  ${rate}\n`);
    last = phase;
  };
}

function describe({
  projection,
  version,
  events,
  seconds,
  eventsPerSecond,
  comparison,
  swapped,
}: RebuildReport): string {
  const speed = `${projection} version ${version}: ${events} events in ${seconds.toFixed(1)} s (${Math.round(eventsPerSecond)}/s).`;
  const compared = comparison
    ? `Compared with the live tables: ${JSON.stringify(comparison)}.`
    : 'There was nothing to compare with.';
  const end = swapped
    ? 'It is live now.'
    : 'It was not swapped: the same version gave other figures. --force swaps it all the same.';
  return `${speed}\n${compared}\n${end}`;
}
