import type { System } from '#apps/system/src/system.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { Projection } from '#event-sourcing/projection.js';
import { refuse } from '#event-sourcing/refusal.js';
import { retryDeadLetters } from '#projections/dead-letters.js';
import { asTable } from '../table.js';

/** An event that a live projection could not fold, or that waits behind such a one. */
interface DeadLetter {
  readonly projection: string;
  readonly table: string;
  readonly key: string;
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly error: string | null;
  readonly parkedAt: string;
}

async function lettersOf({ database }: System, name?: string, key?: string): Promise<DeadLetter[]> {
  const { rows } = await database.pool.query<DeadLetter>(
    `select g.name as projection, l.table_name as "table", l.key, l.position, l.stream, l.revision, l.type, l.error, l.parked_at as "parkedAt"
     from projections.dead_letters l join projections.generations g on g.id = l.generation and g.slot = 'live'
     where ($1::text is null or g.name = $1) and ($2::text is null or l.key = $2) order by 1, 2, 3, 4`,
    [name, key],
  );
  return rows;
}

export async function listDeadLetters(system: System, name?: string): Promise<void> {
  const letters = await lettersOf(system, name);
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
export async function showDeadLetters(system: System, name: string, key?: string): Promise<void> {
  const letters = await lettersOf(system, name, key);
  if (letters.length === 0) throw refuse('NOT_FOUND', `${name} has no dead letters${key ? ` for ${key}` : ''}.`);
  for (const letter of letters) {
    const { id, recordedAt, data, metadata } = await eventOf(system, letter);
    process.stdout.write(`${JSON.stringify({ ...letter, event: { id, recordedAt, data, metadata } }, null, 2)}\n`);
  }
}

async function eventOf({ store }: System, { stream, revision }: DeadLetter): Promise<RecordedEvent> {
  for await (const event of store.readStream(stream, { from: BigInt(revision), limit: 1 })) return event;
  throw new Error(`Event ${revision} of ${stream} is not in the log.`);
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
