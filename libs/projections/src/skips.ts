import type pg from 'pg';
import type { ProjectedEvent } from '#event-sourcing/projection.js';
import type { Failures, FoldFailure, Subject } from './failures.js';
import type { Generation } from './registry.js';

type Queryable = Pick<pg.ClientBase, 'query'>;

const idOf = ({ table, key }: Subject, position: bigint | string): string => `${table}\0${key}\0${position}`;

/**
 * The events that somebody has decided to leave out of a key. The version for which that was decided leaves them out again whenever
 * it is built; another version tries them, and passes over those that it cannot fold either. Anything else is a failure.
 */
export class Skips implements Failures {
  private constructor(
    private readonly version: number,
    private readonly decidedFor: ReadonlyMap<string, number>,
  ) {}

  static async load(client: Queryable, { name, version }: Pick<Generation, 'name' | 'version'>): Promise<Skips> {
    const { rows } = await client.query<Subject & { position: string; version: number }>(
      'select table_name as "table", key, position::text, version from projections.skipped where name = $1',
      [name],
    );
    return new Skips(version, new Map(rows.map(skipped => [idOf(skipped, skipped.position), skipped.version])));
  }

  failed(failure: FoldFailure): void {
    if (!this.covers(failure)) throw failure;
  }

  /** Whether its failing was accepted. */
  covers({ event, subject }: FoldFailure): boolean {
    return this.decidedFor.has(idOf(subject, event.position));
  }

  waits(event: Pick<ProjectedEvent, 'position'>, subject: Subject): boolean {
    if (this.decidedFor.size === 0) return false;
    return this.decidedFor.get(idOf(subject, event.position)) === this.version;
  }
}
