import type pg from 'pg';
import type { Position } from '#event-sourcing/event.js';
import type { Database } from './database.js';
import { prepared } from './prepared.js';
import type { Generation } from './registry.js';
import { SETTINGS } from './transaction.js';

type Queryable = Pick<pg.ClientBase, 'query'>;

/** Somebody else has taken the generation over or moved its checkpoint: nothing of the transaction may stay. */
export class Fenced extends Error {
  override readonly name = 'Fenced';

  constructor(name: string) {
    super(`${name} was taken over by another projector.`);
  }
}

/** How far a checkpoint moves, and what is known on the way. */
export interface Step {
  readonly from: Generation;
  readonly to: Position;
  readonly eventsPerSecond: number;
  readonly knownFrom?: string;
  readonly knownUntil?: string;
}

const MOVE = `
  update projections.generations set position = $4, events_per_second = $5, last_error = null, updated_at = now(),
    known_from = least(known_from, $6::date), known_until = greatest(known_until, $7::date)`;
const WHERE_LEFT = 'where id = $1 and epoch = $2 and position = $3';
const MOVE_WITH_PAGE = `${MOVE} ${WHERE_LEFT}`;
const PASS = `with settings as materialized (${SETTINGS}) ${MOVE} from settings ${WHERE_LEFT}`;

async function move(client: Queryable, text: string, { from, ...step }: Step): Promise<void> {
  const { to, eventsPerSecond, knownFrom, knownUntil } = step;
  const values = [from.id, from.epoch, from.position, to, eventsPerSecond, knownFrom, knownUntil];
  const { rowCount } = await client.query(prepared(text, values));
  if (rowCount !== 1) throw new Fenced(from.name);
}

/**
 * Moves the checkpoint. First in its transaction: the row stays locked, so that nobody takes over in the middle.
 * @throws Fenced when it does not stand where its owner left it.
 */
export const moveCheckpoint = (client: Queryable, step: Step): Promise<void> => move(client, MOVE_WITH_PAGE, step);

/** Moves a checkpoint for whose sake nothing is written, in one statement. @throws Fenced likewise. */
export const passCheckpoint = ({ pool }: Database, step: Step): Promise<void> => move(pool, PASS, step);

/** The ids of the generations that nobody has taken over since. */
export async function stillOwned(
  { pool }: Database,
  generations: readonly Pick<Generation, 'id' | 'epoch'>[],
): Promise<ReadonlySet<number>> {
  const { rows } = await pool.query<{ id: number }>(
    `select g.id from projections.generations g
     join unnest($1::bigint[], $2::bigint[]) as held(id, epoch) on g.id = held.id and g.epoch = held.epoch`,
    [generations.map(({ id }) => id), generations.map(({ epoch }) => epoch)],
  );
  return new Set(rows.map(({ id }) => id));
}
