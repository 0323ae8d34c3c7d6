import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding, Skipped } from '../finding.js';
import type { Machine } from '../machine.js';
import { benchmarkChart } from './chart.js';
import { benchmarkTable } from './table.js';

/** What one benchmark found, where and when. */
export interface Measured {
  readonly date: string;
  /** Whether the largest sizes were measured. */
  readonly full: boolean;
  readonly machine: Machine;
  readonly findings: readonly Finding[];
}

/** What was found, by benchmark; each may have been measured at another time. */
export type Results = Readonly<Record<string, Measured | Skipped>>;

const FILE = resolve('bench/results.json');

export function readResults(): Results {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
}

/** More digits than these are noise. */
const shortNumbers = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value);

/** Keeps the results, and shows them as a table and a chart in the documentation. */
export function writeResults(results: Results): void {
  writeFileSync(FILE, `${JSON.stringify(results, shortNumbers, 2)}\n`);
  writeFileSync(resolve('docs/benchmarks.md'), benchmarkTable(results));
  writeFileSync(resolve('docs/benchmarks.svg'), benchmarkChart(results));
}
