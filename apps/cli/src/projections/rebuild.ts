import type { System } from '#apps/system/src/system.js';
import type { Projection } from '#event-sourcing/projection.js';
import { type RebuildReport, rebuildTogether } from '#projections/rebuild.js';
import { ProgressLines } from './progress-lines.js';

export interface RebuildRequest {
  readonly projections: readonly Projection[];
  readonly force: boolean;
  /** Swaps what is good; otherwise the new tables wait beside the live ones. */
  readonly swap: boolean;
  readonly signal: AbortSignal;
}

/**
 * Rebuilds them from one reading of the log and says how it goes; `false` when one was not swapped, because its figures differ.
 * @throws the error of the first that failed, when all the others are done.
 */
export async function rebuildAll(
  { database, store, config, log }: System,
  { projections, force, swap, signal }: RebuildRequest,
): Promise<boolean> {
  const lines = new ProgressLines(
    process.stderr,
    projections.map(({ name }) => name),
  );
  const reports = rebuildTogether({
    database,
    store,
    projections,
    timeZone: config.businessTimezone,
    log,
    force,
    hold: swap ? [] : projections,
    signal,
    onProgress: ({ name }, progress) => lines.show(name, progress),
  });
  const results = await Promise.allSettled(reports);
  const failures = results.flatMap((result, index) =>
    result.status === 'rejected' ? [{ name: projections[index]!.name, error: result.reason as Error }] : [],
  );
  for (const result of results)
    if (result.status === 'fulfilled') process.stdout.write(`${described(result.value, swap)}\n`);
  for (const { name, error } of failures.slice(1)) process.stderr.write(`${name}: ${error.message}\n`);
  if (failures[0]) throw failures[0].error;
  return results.every(result => result.status === 'fulfilled' && (result.value.swapped || !swap));
}

function described(report: RebuildReport, swap: boolean): string {
  const { projection, version, events, seconds, eventsPerSecond, comparison, swapped } = report;
  const speed = `${projection} version ${version}: ${events} events in ${seconds.toFixed(1)} s (${Math.round(eventsPerSecond)}/s).`;
  const tables = Object.entries(comparison ?? {}).map(([table, result]) => `${table} ${result}`);
  const compared = comparison
    ? `Compared with the live tables: ${tables.join(', ')}.`
    : 'There was nothing to compare with.';
  const waits = `It waits beside the live tables. See projections diff ${projection}; projections swap ${projection} makes it live.`;
  if (!swap) return `${speed}\n${compared}\n${waits}`;
  const end = swapped
    ? 'It is live now.'
    : `It was not swapped: the same version gave other figures. See projections diff ${projection}; rebuild --force swaps it all the same.`;
  return `${speed}\n${compared}\n${end}`;
}
