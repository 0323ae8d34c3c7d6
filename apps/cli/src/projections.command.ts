import { type Command, InvalidArgumentError } from 'commander';
import { projectionNamed, projectionsNamed } from '#apps/system/src/named-projections.js';
import { untilStopped } from '#apps/system/src/until-stopped.js';
import { listDeadLetters, listSkipped, retryLetters, showDeadLetters, skipLetter } from './projections/dead-letters.js';
import { diff } from './projections/diff.js';
import { rebuildAll } from './projections/rebuild.js';
import { reset } from './projections/reset.js';
import { statusTable, watchStatus } from './projections/status.js';
import { swap } from './projections/swap.js';
import { withSystem } from './with-system.js';

/** Figures differ, or events still cannot be folded: it worked, but somebody should look. */
const LOOK = 3;

export function projectionsCommand(program: Command): void {
  const command = program
    .command('projections')
    .description('look after the read models; without more words: their status')
    .addHelpText(
      'after',
      '\nExit code 3: figures differ (rebuild, diff), or events could still not be folded (retry).',
    );
  command
    .command('status', { isDefault: true })
    .description('version, position, lag, rate and last error of each')
    .option('--watch', 'show it anew every second, until Ctrl-C', false)
    .action(({ watch }: { watch: boolean }) =>
      withSystem(async system => {
        if (watch) await watchStatus(system, process.stdout, untilStopped());
        else process.stdout.write(await statusTable(system));
      }),
    );
  command
    .command('rebuild')
    .description('build read models again from the log, beside the live ones, and compare before swapping')
    .argument('[names...]')
    .option('--all', 'all of them, from one reading of the log', false)
    .option('--force', 'swap although the same version gave other figures than the live one has', false)
    .option('--no-swap', 'leave the new tables beside the live ones, for diff and swap')
    .action((names: string[], { all, force, swap }: { all: boolean; force: boolean; swap: boolean }) => {
      const request = { projections: projectionsNamed(names, all), force, swap, signal: untilStopped() };
      return withSystem(async system => exitWith(await rebuildAll(system, request)));
    });
  command
    .command('diff')
    .description('which figures differ between the live tables and those that a rebuild made or replaced')
    .argument('<name>')
    .option('--examples <number>', 'lines per table that are shown', wholeNumber, 3)
    .action((name: string, { examples }: { examples: number }) =>
      withSystem(async system => exitWith(await diff(system, name, examples))),
    );
  command
    .command('swap')
    .description(
      'make the tables live that rebuild --no-swap (or PROJECTIONS_SWAP=manual) has left beside the live ones',
    )
    .argument('<name>')
    .option('--back', 'put the tables back that were live before the last swap', false)
    .action((name: string, { back }: { back: boolean }) => withSystem(system => swap(system, name, back)));
  command
    .command('reset')
    .description(
      'drop all read models, e.g. because the log has moved to another store; the next start builds them again',
    )
    .requiredOption('--yes', 'this takes the reports away until they are built')
    .action(reset);
  deadLettersCommand(command);
}

function deadLettersCommand(projections: Command): void {
  const command = projections
    .command('dead-letters')
    .description('events that could not be folded, and those that wait behind them; without more words: a list');
  command
    .command('list', { isDefault: true })
    .argument('[name]', 'only of this projection')
    .action((name?: string) => withSystem(system => listDeadLetters(system, name && projectionNamed(name).name)));
  command
    .command('show')
    .description('the events themselves, as JSON')
    .argument('<name>')
    .argument('[key]', 'only of this key')
    .action((name: string, key?: string) =>
      withSystem(system => showDeadLetters(system, projectionNamed(name).name, key)),
    );
  command
    .command('retry')
    .description('fold them again, after the fold was mended')
    .argument('[names...]')
    .option('--all', 'of all projections', false)
    .action((names: string[], { all }: { all: boolean }) => {
      const projections = projectionsNamed(names, all);
      return withSystem(async system => exitWith(await retryLetters(system, projections)));
    });
  command
    .command('skip')
    .description(
      'leave out the event at which a key is stuck, and fold what waits behind it; rebuilds leave it out too',
    )
    .argument('<name>')
    .argument('<table>')
    .argument('<key>')
    .requiredOption('--reason <text>', 'why its figures may do without it; stands in the list of skipped events')
    .action((name: string, table: string, key: string, { reason }: { reason: string }) => {
      const request = { projection: projectionNamed(name), subject: { table, key }, reason };
      return withSystem(async system => exitWith(await skipLetter(system, request)));
    });
  command
    .command('skipped')
    .description('which events were left out, by whom and why')
    .argument('[name]', 'only of this projection')
    .action((name?: string) => withSystem(system => listSkipped(system, name && projectionNamed(name).name)));
}

function exitWith(fine: boolean): void {
  process.exitCode = fine ? 0 : LOOK;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('A whole number from 0 to 9999.');
  return Number(text);
}
