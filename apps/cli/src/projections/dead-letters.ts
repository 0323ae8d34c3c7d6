import { hostname } from 'node:os';
import type { System } from '#apps/system/src/system.js';
import type { Projection } from '#event-sourcing/projection.js';
import { refuse } from '#event-sourcing/refusal.js';
import { eventOf, retryDeadLetters } from '#projections/dead-letters.js';
import type { Subject } from '#projections/failures.js';
import { deadLetters, skippedEvents } from '#projections/list-dead-letters.js';
import { skipDeadLetter } from '#projections/skip-dead-letter.js';
import { asTable } from '../table.js';

export async function listDeadLetters({ database }: System, projection?: string): Promise<void> {
  const letters = await deadLetters(database, { projection });
  if (letters.length === 0) process.stdout.write('There are no dead letters.\n');
  else
    process.stdout.write(
      asTable(
        ['projection', 'table', 'key', 'position', 'type', 'parked at', 'error'],
        letters.map(({ projection, table, key, position, type, parkedAt, error }) => {
          return [projection, table, key, position, type, parkedAt, error ?? '(waits behind the one above)'];
        }),
      ),
    );
}

/** Prints the parked events of a projection, or of one of its keys, as they stand in the log. */
export async function showDeadLetters({ database, store }: System, projection: string, key?: string): Promise<void> {
  const letters = await deadLetters(database, { projection, key });
  if (letters.length === 0) throw refuse('NOT_FOUND', `${projection} has no dead letters${key ? ` for ${key}` : ''}.`);
  for (const letter of letters) {
    const { id, recordedAt, data, metadata } = await eventOf(store, letter);
    process.stdout.write(`${JSON.stringify({ ...letter, event: { id, recordedAt, data, metadata } }, null, 2)}\n`);
  }
}

/** Folds them again; `false` when some still cannot be folded. */
export async function retryLetters({ store, database }: System, projections: readonly Projection[]): Promise<boolean> {
  let left = 0;
  for (const projection of projections) {
    const report = await retryDeadLetters({ store, database, projection });
    left += report.left;
    process.stdout.write(`${projection.name}: ${report.replayed} folded, ${report.left} left.\n`);
  }
  return left === 0;
}

export interface SkipRequest {
  readonly projection: Projection;
  readonly subject: Subject;
  readonly reason: string;
}

/** Leaves out the event at which a key is stuck; `false` when the next one cannot be folded either. */
export async function skipLetter({ store, database }: System, request: SkipRequest): Promise<boolean> {
  const { position, type, replayed, left } = await skipDeadLetter({ store, database, ...request, by: operator() });
  const { projection, subject } = request;
  process.stdout.write(
    `${projection.name}: ${type} at ${position} is left out of ${subject.table} ${subject.key}. Behind it, ${replayed} folded, ${left} left.\n`,
  );
  return left === 0;
}

/** Whoever sits at this terminal. */
const operator = (): string => `${process.env.USER || process.env.USERNAME || 'operator'}@${hostname()}`;

export async function listSkipped({ database }: System, projection?: string): Promise<void> {
  const skipped = await skippedEvents(database, { projection });
  if (skipped.length === 0) process.stdout.write('No event was skipped.\n');
  else
    process.stdout.write(
      asTable(
        ['projection', 'table', 'key', 'position', 'type', 'version', 'by', 'at', 'reason', 'error'],
        skipped.map(({ projection, table, key, position, type, version, skippedBy, skippedAt, reason, error }) => {
          return [projection, table, key, position, type, version, skippedBy, skippedAt, reason, error];
        }),
      ),
    );
}
