import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from '#apps/system/src/system.js';
import { systemClock } from '#apps/system/src/system.js';
import { type ProjectionStatus, projectionStatus } from '#projections/status.js';
import { asTable } from '../table.js';

const EVERY_MS = 1_000;
const CLEAR = '\x1b[H\x1b[J';

const HEADER = [
  'name',
  'version',
  'state',
  'position',
  'head',
  'lag events',
  'lag s',
  'events/s',
  'eta s',
  'dead letters',
  'skipped',
  'building',
  'last error',
];

function line(status: ProjectionStatus): unknown[] {
  const { name, version, state, position, head, lagSeconds, eventsPerSecond, etaSeconds, deadLetters, skipped } =
    status;
  const lagEvents = status.lagEvents ?? '> 10000';
  const figures = [position, head, lagEvents, lagSeconds, eventsPerSecond, etaSeconds, deadLetters, skipped];
  return [name, version, state, ...figures, beside(status), status.lastError];
}

/** What is under way beside the live tables, or waits there. */
function beside({ building, candidate }: ProjectionStatus): string | null {
  if (building) return `v${building.version} at ${building.position}`;
  if (!candidate) return null;
  return `v${candidate.version} ${candidate.ready ? 'waits to be swapped' : 'was not finished'}`;
}

/** The status of all projections and reactors as a table. */
export async function statusTable({ database, store }: System): Promise<string> {
  return asTable(HEADER, (await projectionStatus(database, store, systemClock)).map(line));
}

/** Shows the status anew every second until aborted: in place on a terminal, below each other elsewhere. */
export async function watchStatus(system: System, out: NodeJS.WriteStream, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const table = await statusTable(system).catch(error => `${(error as Error).message}\n`);
    out.write(out.isTTY ? `${CLEAR}${systemClock()}\n${table}` : `${systemClock()}\n${table}\n`);
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
