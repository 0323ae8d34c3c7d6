import { type Kysely, sql } from 'kysely';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { Database } from '#projections/database.js';
import type { AccessLogTables } from './access-log.table.js';

interface Origin {
  readonly correlationId: string;
  readonly actorId: string;
  readonly at: string;
  readonly address: string | null;
}

/**
 * From which address the commands came whose events these are: not in the events, which nobody can forget, but in the access log as
 * long as that keeps it. Asked once for all of them, when somebody wants to know.
 */
export class Origins {
  private asking?: Promise<readonly Origin[]>;

  constructor(
    private readonly database: Database,
    private readonly events: readonly RecordedEvent[],
  ) {}

  /** The address; null for what came from within, or so long ago that it is forgotten. */
  async of({ metadata: { actor, $correlationId }, recordedAt }: RecordedEvent): Promise<string | null> {
    this.asking ??= this.ask();
    const sent = (await this.asking).filter(
      ({ correlationId, actorId, at }) => correlationId === $correlationId && actorId === actor?.id && at <= recordedAt,
    );
    return sent.at(-1)?.address ?? null;
  }

  private ask(): Promise<readonly Origin[]> {
    const conversations = [...new Set(this.events.map(({ metadata }) => metadata.$correlationId))];
    return (this.database.kysely as Kysely<AccessLogTables>)
      .selectFrom('accessLog.entries')
      .select(['correlationId', 'actorId', 'at', 'address'])
      .where(sql<boolean>`correlation_id = any(${conversations}::text[])`)
      .where('operation', 'like', 'mutation %')
      .orderBy('at')
      .execute();
  }
}
