import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from './backoff.js';
import type { Database } from './database.js';
import type { Log } from './log.js';

const LEASE_MS = 8_000;

/**
 * Says which of some names this process owns. A lease is a row with a time of expiry, by the database's clock; whoever finds it
 * expired takes it. It only spares two processes the same work: that they don't both write is the checkpoint's fence.
 */
export class Leases {
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly names: Set<string>;
  private owned = new Set<string>();
  private renewing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    names: Iterable<string>,
    private readonly owner: string,
    private readonly log: Log,
    private readonly leaseMs = LEASE_MS,
  ) {
    this.names = new Set(names);
  }

  owns(name: string): boolean {
    return this.owned.has(name);
  }

  /** Resolves when the name's lease is won (`true`) or lost (`false`), at once if it is so already, or on abort. */
  async until(name: string, owned: boolean, signal: AbortSignal): Promise<void> {
    while (this.owned.has(name) !== owned && !signal.aborted)
      await once(this.changes, 'changed', { signal }).catch(() => undefined);
  }

  /** Leaves a name to others, from now on. */
  async leave(name: string): Promise<void> {
    this.names.delete(name);
    if (!this.owned.has(name)) return;
    this.now(new Set([...this.owned].filter(owned => owned !== name)), [name]);
    // A renewal that is under way would take it once more.
    await this.renewing.catch(() => undefined);
    await this.giveBack([name]);
  }

  /** Wants a name again that was left. */
  want(name: string): void {
    this.names.add(name);
  }

  /** Takes what is free and renews what is owned until aborted, then gives everything back so that a stand-by need not wait. */
  async keep(signal: AbortSignal): Promise<void> {
    let renewed = performance.now();
    for (let attempt = 0; !signal.aborted; ) {
      try {
        const asked = performance.now();
        const renewal = this.renew();
        this.renewing = renewal;
        this.now(await renewal);
        renewed = asked;
        attempt = 0;
        await sleep(this.leaseMs / 3, undefined, { signal }).catch(() => undefined);
      } catch (error) {
        this.log.warn({ error }, 'Leases could not be renewed.');
        if (performance.now() - renewed > this.leaseMs) this.now(new Set());
        await backoff(attempt++, signal);
      }
    }
    this.now(new Set());
    if (this.names.size) await this.giveBack([...this.names]);
  }

  private now(owned: Set<string>, names: Iterable<string> = this.names): void {
    const changed = [...names].filter(name => owned.has(name) !== this.owned.has(name));
    this.owned = owned;
    if (!changed.length) return;
    const facts = { owner: this.owner, won: changed.filter(name => owned.has(name)) };
    this.log.info({ ...facts, lost: changed.filter(name => !owned.has(name)) }, 'Leases changed.');
    this.changes.emit('changed');
  }

  private async renew(): Promise<Set<string>> {
    const { rows } = await this.database.pool.query<{ name: string }>(
      `insert into projections.leases as lease (name, owner, expires_at)
       select name, $2, clock_timestamp() + $3 * interval '1 ms' from unnest($1::text[]) as name order by name
       on conflict (name) do update set owner = excluded.owner, expires_at = excluded.expires_at
       where lease.owner = excluded.owner or lease.expires_at < clock_timestamp()
       returning name`,
      [[...this.names], this.owner, this.leaseMs],
    );
    // One may have been left while the query was under way.
    return new Set(rows.map(({ name }) => name).filter(name => this.names.has(name)));
  }

  private async giveBack(names: readonly string[]): Promise<void> {
    const sql = 'delete from projections.leases where owner = $1 and name = any($2)';
    await this.database.pool.query(sql, [this.owner, names]).catch(error => {
      this.log.warn({ error }, 'Leases could not be given back; they will expire.');
    });
  }
}
