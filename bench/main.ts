import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { boundHeap } from '#platform/heap.js';
import { benchAppend } from './append/append.js';
import { benchCatchUp } from './catch-up.js';
import { benchChain } from './chain.js';
import { benchCommand } from './command.js';
import { benchImport } from './import.js';
import { thisMachine } from './machine.js';
import { benchMutation } from './mutation.js';
import { benchPrivacy } from './privacy.js';
import { benchMemory } from './rebuild/memory.js';
import { benchRebuild } from './rebuild/rebuild.js';
import { benchTogether } from './rebuild/together.js';
import { benchVisible } from './rebuild/visible.js';
import { printed } from './report/printed.js';
import { readResults, writeResults } from './report/results.js';
import { benchReports } from './reports.js';
import { type Benchmark, startBenchPostgres } from './surroundings.js';

/** All of them, in the order of the report. */
const benchmarks: Readonly<Record<string, Benchmark>> = {
  append: benchAppend,
  chain: benchChain,
  privacy: benchPrivacy,
  command: benchCommand,
  mutation: benchMutation,
  import: benchImport,
  rebuild: benchRebuild,
  together: benchTogether,
  memory: benchMemory,
  visible: benchVisible,
  reports: benchReports,
  'catch-up': benchCatchUp,
};

/** @throws Error for a name that is none. */
function chosen(only: string | undefined): [string, Benchmark][] {
  if (only === undefined) return Object.entries(benchmarks);
  return only.split(',').map(name => {
    const benchmark = benchmarks[name];
    if (!benchmark) throw new Error(`There is no benchmark ${name}; there are ${Object.keys(benchmarks).join(', ')}.`);
    return [name, benchmark];
  });
}

/** Its exit code. */
function measuredApart(name: string): number {
  const options = ['--only', name, ...(full ? ['--full'] : []), ...(keep ? ['--keep', keep] : [])];
  const program = [...process.execArgv, process.argv[1]!, ...options];
  return spawnSync(process.execPath, program, { stdio: 'inherit' }).status ?? 1;
}

const {
  values: { only, full, keep },
} = parseArgs({
  options: { only: { type: 'string' }, full: { type: 'boolean', default: false }, keep: { type: 'string' } },
});
const asked = chosen(only);
// What one of them leaves behind in process and server slows down the next (seen: reading half as fast).
if (asked.length > 1) process.exit(Math.max(...asked.map(([name]) => measuredApart(name))));
boundHeap(); // as in the programs that are measured
const postgres = await startBenchPostgres(keep);
try {
  const machine = await thisMachine(postgres.url);
  for (const [name, benchmark] of asked) {
    process.stdout.write(`\n== ${name}\n`);
    const found = await benchmark(postgres.surroundings(full));
    process.stdout.write(printed(found));
    const measured =
      'skipped' in found ? found : { date: new Date().toISOString().slice(0, 10), full, machine, findings: found };
    // After each of them, so that an interrupted run has not been in vain; in one order, and without what there is no more.
    const results = { ...readResults(), [name]: measured };
    writeResults(
      Object.fromEntries(Object.keys(benchmarks).flatMap(each => (results[each] ? [[each, results[each]]] : []))),
    );
  }
} finally {
  await postgres.close();
}
