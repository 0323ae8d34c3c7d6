import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ImportFolder } from '#apps/cli/src/import/folder.js';
import { importFolder } from '#apps/cli/src/import/import-folder.js';
import { readMapping } from '#apps/cli/src/import/mapping.js';
import { Results } from '#apps/cli/src/import/results.js';
import type { System } from '#apps/system/src/system.js';
import type { Finding, Skipped } from './finding.js';
import type { Surroundings } from './surroundings.js';

/** A real export, which is not part of the product; where it lies elsewhere, `CRM_EXPORT` says so. */
const EXPORT = process.env.CRM_EXPORT ?? '../shared/data/crm-sales-opportunities';
const MAPPING = 'examples/crm-sales-opportunities/mapping.json';
const REPETITIONS = 5;

/** Commands per second of an import into an empty system, end to end: reading, checking, deciding, appending, results. */
async function commandsPerSecond(system: System): Promise<number> {
  const results = new Results(join(system.config.dataDir, 'results.csv'));
  const started = performance.now();
  const folder = new ImportFolder(EXPORT, readMapping(MAPPING));
  await folder.inspect();
  await importFolder({
    ...system,
    folder,
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
  return (rows + created('contracts') - created('pipelines') + 1) / seconds;
}

export async function benchImport({ onSystem }: Surroundings): Promise<Finding[] | Skipped> {
  if (!existsSync(EXPORT)) return { skipped: `the export is not in ${EXPORT}` };
  const values: number[] = [];
  for (let count = 0; count <= REPETITIONS; count++) values.push(await onSystem(commandsPerSecond));
  return [
    {
      what: 'import of a real export, commands',
      configured: 'A CRM of 8,800 opportunities with their customers, contracts and payments, into an empty system.',
      unit: 'per second',
      values: values.slice(1), // the first one warms up
      baselines: [],
      goal: 5_000,
    },
  ];
}
