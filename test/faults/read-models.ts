import { setTimeout as sleep } from 'node:timers/promises';
import { policies } from '#crm/policies/policies.js';
import { privacy } from '#crm/privacy.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import { KeyTable } from '#privacy/key-table.js';
import { masterKeysIn } from '#privacy/master-key.js';
import { PersonKeys } from '#privacy/person-keys.js';
import { PersonalStore } from '#privacy/personal-store.js';
import { type Database, openDatabase } from '#projections/database.js';
import { type Digest, digest } from '#projections/digest.js';
import { rebuild } from '#projections/rebuild.js';
import { swapBack } from '#projections/swap.js';
import { waitForPosition } from '#projections/wait.js';
import { projections } from '#read-models/read-models.js';
import { MASTER_KEY } from '#test/support/master-key.js';

const TIME_ZONE = 'Asia/Shanghai';
const NAMES = [...projections, ...policies].map(({ name }) => name);
/** A projector of a busy machine may have to start first, and to wait for a lease. */
const PATIENCE_MS = 240_000;
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** All read models of a database, as a test looks at them from outside. */
export class ReadModels {
  private readonly database: Database;

  constructor(
    private readonly url: string,
    private readonly store: EventStore,
  ) {
    this.database = openDatabase(url, { max: 4 });
  }

  /** Resolves once they, and the policies, have seen what is in the log now. */
  async caughtUp(): Promise<bigint> {
    const head = await this.store.head();
    await waitForPosition(this.database, NAMES, head, PATIENCE_MS);
    return head;
  }

  /** The same, with what policies append meanwhile. Nobody else may append any more. */
  async upToDate(): Promise<void> {
    while ((await this.caughtUp()) !== (await this.store.head()));
  }

  /** The read models that don't hold what a rebuild from the log gives. They are rebuilt by that, so nobody else may work on them. */
  async wrong(definitions: readonly Projection[] = projections): Promise<string[]> {
    await this.leasesExpire();
    const wrong: string[] = [];
    const table = await KeyTable.open(this.url);
    const keys = new PersonKeys(table, () => masterKeysIn(MASTER_KEY));
    // Whether what it was given decrypts or not: what is encrypted is read as the projector reads it.
    const store = new PersonalStore(this.store, keys, privacy);
    for (const projection of definitions) {
      const live = await digest(this.database, projection);
      const { database } = this;
      await rebuild({ store, database, projection, timeZone: TIME_ZONE, log: silent, force: true });
      if (!same(live, await digest(database, projection))) wrong.push(projection.name);
    }
    await table.close();
    return wrong;
  }

  /** Who works on a projection: host, process and a random part; undefined when its lease has expired. */
  async ownerOf(name: string): Promise<string | undefined> {
    const sql = 'select owner from projections.leases where name = $1 and expires_at > clock_timestamp()';
    const { rows } = await this.database.pool.query<{ owner: string }>(sql, [name]);
    return rows[0]?.owner;
  }

  /** As if the eight seconds were over for which a process that was killed still has its leases. */
  async leasesExpire(): Promise<void> {
    await this.database.pool.query(`update projections.leases set expires_at = '-infinity'`);
  }

  /** The read models that have a generation in a slot, in these versions where some are asked for. */
  async slots(slot: string, versions?: ReadonlyMap<string, number>): Promise<string[]> {
    const sql = 'select name, version from projections.generations where slot = $1';
    const rows = await this.query<{ name: string; version: number }>(sql, [slot]);
    return rows.filter(({ name, version }) => !versions || versions.get(name) === version).map(({ name }) => name);
  }

  async digests(): Promise<ReadonlyMap<string, Digest>> {
    const digests = new Map<string, Digest>();
    for (const projection of projections) digests.set(projection.name, await digest(this.database, projection));
    return digests;
  }

  swapBack(name: string): Promise<void> {
    return swapBack(this.database, name);
  }

  /** How far each has come, by name. */
  async positions(): Promise<Map<string, number>> {
    const sql = `select name, position from projections.generations where slot = 'live'`;
    const { rows } = await this.database.pool.query<{ name: string; position: number }>(sql);
    return new Map(rows.map(({ name, position }) => [name, position]));
  }

  /** For what only one test wants to know. */
  async query<T>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.database.pool.query(sql, [...values])).rows as T[];
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

const same = (one: Digest, other: Digest): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Asks until something holds; the test's own time limit ends it. */
export async function until(holds: () => Promise<boolean> | boolean, pauseMs = 10): Promise<void> {
  while (!(await holds())) await sleep(pauseMs);
}
