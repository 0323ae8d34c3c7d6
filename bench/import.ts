import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ImportFolder } from '#apps/cli/src/import/folder.js';
import { importFolder } from '#apps/cli/src/import/import-folder.js';
import { readMapping } from '#apps/cli/src/import/mapping.js';
import { Results } from '#apps/cli/src/import/results.js';
import type { System } from '#apps/system/src/system.js';

export interface ImportFigures {
  readonly rows: number;
  readonly commands: number;
  readonly commandsPerSecond: number;
}

/** Imports a real export into an empty system, end to end: reading, checking, deciding, appending, results. */
export async function benchImport(system: System, folder: string, mapping: string): Promise<ImportFigures> {
  const results = new Results(join(system.config.dataDir, 'results.csv'));
  const started = performance.now();
  const source = new ImportFolder(folder, readMapping(mapping));
  await source.inspect();
  await importFolder({
    ...system,
    folder: source,
    results,
    timeZone: system.config.businessTimezone,
    sender: { actor: { id: 'bench', role: 'system' } },
    onRow: () => {},
  });
  await results.close();
  const seconds = (performance.now() - started) / 1000;
  const created = (kind: string) => results.counts.get(kind)?.created ?? 0;
  const rows = [...results.counts.keys()].reduce((sum, kind) => sum + created(kind), 0);
  // A contract is drafted and signed; the rows of a pipeline are one command.
  const commands = rows + created('contracts') - created('pipelines') + 1;
  return { rows, commands, commandsPerSecond: commands / seconds };
}
