import type { System } from '#apps/system/src/system.js';
import type { Projection } from '#event-sourcing/projection.js';
import { type RebuildProgress, type RebuildReport, rebuild } from '#projections/rebuild.js';

export interface RebuildRequest {
  readonly projections: readonly Projection[];
  readonly force: boolean;
  readonly signal: AbortSignal;
}

/** Rebuilds one after another and says how it goes; `false` when one was not swapped, because its figures differ. */
export async function rebuildAll(
  { database, store, config, log }: System,
  { projections, force, signal }: RebuildRequest,
): Promise<boolean> {
  let swapped = true;
  for (const [index, projection] of projections.entries()) {
    const counted = projections.length > 1 ? `${index + 1}/${projections.length} ` : '';
    const onProgress = progressOn(process.stderr, `${counted}${projection.name}`);
    const timeZone = config.businessTimezone;
    const report = await rebuild({ database, store, projection, timeZone, log, force, signal, onProgress });
    process.stdout.write(`${described(report)}\n`);
    swapped &&= report.swapped;
  }
  return swapped;
}

/** One line that is written over on a terminal; elsewhere a line per phase. */
export function progressOn(
  out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  title: string,
): (progress: RebuildProgress) => void {
  let last = '';
  return ({ phase, events, eventsPerSecond, etaSeconds, position, target }) => {
    const percent = target ? Math.min(Math.floor((Number(position) / Number(target)) * 100), 100) : 100;
    const left = phase === 'folding' ? `  ${Math.ceil(etaSeconds)} s left` : '';
    const text = `${title}  ${phase}  ${percent} %  ${events} events  ${Math.round(eventsPerSecond)}/s${left}`;
    // The comparing is the last that the engine tells of; the report begins on a line of its own.
    if (out.isTTY) out.write(`\r\x1b[K${text}${phase === 'comparing' ? '\n' : ''}`);
    else if (phase !== last) out.write(`${text}\n`);
    last = phase;
  };
}

function described({
  projection,
  version,
  events,
  seconds,
  eventsPerSecond,
  comparison,
  swapped,
}: RebuildReport): string {
  const speed = `${projection} version ${version}: ${events} events in ${seconds.toFixed(1)} s (${Math.round(eventsPerSecond)}/s).`;
  const tables = Object.entries(comparison ?? {}).map(([table, result]) => `${table} ${result}`);
  const compared = comparison
    ? `Compared with the live tables: ${tables.join(', ')}.`
    : 'There was nothing to compare with.';
  const end = swapped
    ? 'It is live now.'
    : `It was not swapped: the same version gave other figures. See projections diff ${projection}; rebuild --force swaps it all the same.`;
  return `${speed}\n${compared}\n${end}`;
}
