import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { catchUp } from '#apps/system/src/catch-up.js';
import { BrokenFile } from './import/csv.js';
import { ImportFolder } from './import/folder.js';
import { importFolder } from './import/import-folder.js';
import { readMapping } from './import/mapping.js';
import { progressLine } from './import/progress.js';
import { Results } from './import/results.js';
import { withSystem } from './with-system.js';

interface Options {
  readonly mapping?: string;
  readonly results?: string;
}

/** Exit codes: everything is in; some rows were rejected; nothing was touched, because a file is broken. */
const [DONE, SOME_REJECTED, BROKEN] = [0, 1, 2];
/** So many rejections are shown; all of them stand in the results file. */
const SHOWN = 20;

export function importCommand(program: Command): void {
  program
    .command('import')
    .description('import a folder of CSV files; importing it again changes nothing')
    .argument('<folder>', 'holds employees.csv, customers.csv, opportunities.csv …')
    .option('--mapping <file>', 'JSON that says which file and column to read for what (docs/mapping.schema.json)')
    .option('--results <file>', 'where to write one line per row (default: imports/ in the data folder)')
    .addHelpText(
      'after',
      '\nExit code: 0 all rows are in, 1 some were rejected, 2 a file is broken and nothing was changed.',
    )
    .action(async (path: string, options: Options) => {
      process.exitCode = await run(path, options);
    });
}

async function run(path: string, options: Options): Promise<number> {
  try {
    const folder = new ImportFolder(path, options.mapping ? readMapping(options.mapping) : undefined);
    const remarks = await folder.inspect();
    return await withSystem(async system => {
      const { dataDir, businessTimezone: timeZone } = system.config;
      const name = `${new Date().toISOString().replaceAll(':', '-')}.csv`;
      const results = new Results(options.results ?? resolve(dataDir, join('imports', name)));
      const progress = progressLine(process.stderr);
      const started = Date.now();
      await catchUp(system);
      await importFolder({
        ...system,
        folder,
        timeZone,
        results,
        sender: { actor: { id: 'import', role: 'administrator' } },
        onRow: progress.show,
      });
      await results.close();
      progress.clear();
      summarise(results, remarks, (Date.now() - started) / 1000);
      await catchUp(system);
      return results.rejected > 0 ? SOME_REJECTED! : DONE!;
    });
  } catch (error) {
    if (!(error instanceof BrokenFile)) throw error;
    process.stderr.write(`${error.message}\nNothing was imported.\n`);
    return BROKEN!;
  }
}

function summarise(results: Results, remarks: readonly string[], seconds: number): void {
  const out = process.stdout;
  for (const { row, column, reason } of results.rejections.slice(0, SHOWN))
    out.write(`rejected ${row.file}:${row.line}${column ? ` ${column}` : ''}: ${reason}\n`);
  if (results.rejected > SHOWN) out.write(`… and ${results.rejected - SHOWN} more\n`);
  out.write(`${'kind'.padEnd(15)}${['created', 'unchanged', 'rejected'].map(name => name.padStart(10)).join('')}\n`);
  let rows = 0;
  for (const [kind, { created, unchanged, rejected }] of results.counts) {
    rows += created + unchanged + rejected;
    out.write(
      `${kind.padEnd(15)}${[created, unchanged, rejected].map(count => String(count).padStart(10)).join('')}\n`,
    );
  }
  for (const remark of remarks) out.write(`${remark}\n`);
  out.write(
    `${rows} rows in ${seconds.toFixed(1)} s (${Math.round(rows / seconds)}/s). One line per row: ${results.path}\n`,
  );
}
