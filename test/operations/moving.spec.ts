import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventsCommand } from '#apps/cli/src/events.command.js';
import { projectionsCommand } from '#apps/cli/src/projections.command.js';
import { project } from '#apps/system/src/projecting.js';
import { openSystem, type System } from '#apps/system/src/system.js';
import { CaptureLead, ConvertLead } from '#crm/lead/lead.commands.js';
import { openEventStore } from '#event-store/open-event-store.js';
import { configFrom } from '#platform/config.js';
import { type Digest, digest } from '#projections/digest.js';
import { waitForPosition } from '#projections/wait.js';
import { projections } from '#read-models/read-models.js';
import { startEventStoreDouble } from '#test/eventstoredb/event-store-double.js';
import { testDatabase } from '#test/support/postgres.js';
import { crm } from './crm.js';

const sender = { actor: { id: 'tester', role: 'administrator' } };
const names = projections.map(({ name }) => name);

let folder: string;
let keys: string;
const opened: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chronicle-moving-'));
  keys = await database();
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function database(): Promise<string> {
  const { url, drop } = await testDatabase();
  opened.push(drop);
  return url;
}

async function eventStoreDb(): Promise<string> {
  const double = await startEventStoreDouble();
  opened.push(() => double.close());
  return double.url;
}

const environment = (log: string, readModels: string) => ({
  EVENT_STORE_URL: log,
  DATABASE_URL: readModels,
  // They go neither with the log nor with the read models: a log without the keys of its persons is refused.
  KEYS_DATABASE_URL: keys,
  DATA_DIR: folder,
});

/** Runs the product on a log and read models, up to date, and closes it. */
async function running<T>(log: string, readModels: string, use: (system: System) => Promise<T>): Promise<T> {
  const system = await openSystem(configFrom({ ...environment(log, readModels), LOG_LEVEL: 'silent' }));
  const stop = new AbortController();
  const projecting = project(system, stop.signal);
  try {
    return await use(system);
  } finally {
    stop.abort();
    await projecting;
    await system.close();
  }
}

type Digests = { readonly [projection: string]: Digest };

async function digestsOf({ store, database }: System): Promise<Digests> {
  await waitForPosition(database, names, await store.head(), 30_000);
  const digests = projections.map(async projection => [projection.name, await digest(database, projection)] as const);
  return Object.fromEntries(await Promise.all(digests));
}

/** History and lists hold positions, and those are of one store only. They are compared on the way back. */
const besidesPositions = ({ history: _, directory: __, ...others }: Digests): Digests => others;

/** What the file of an export says of itself. */
const digestIn = ({ out }: { out: string }) => /sha256 ([0-9a-f]{64})/.exec(out)?.[1];

describe('A CRM moves', () => {
  it('from Postgres to EventStoreDB and back: the same events, the same read models, and it goes on', async () => {
    const [postgres, kurrentdb, another] = [await database(), await eventStoreDb(), await database()];
    const readModels = postgres;
    const before = await running(postgres, readModels, async system => {
      for (const leadId of ['l1', 'l2'])
        await system.executor.send(CaptureLead, { leadId, name: `Lead ${leadId}`, source: 'website' }, sender);
      const convert = { leadId: 'l1', opportunityName: 'A first deal' };
      await system.executor.send(ConvertLead, convert, sender);
      await waitForPosition(system.database, [...names, 'converted-lead'], await system.store.head(), 30_000);
      return digestsOf(system);
    });

    let file = join(folder, 'there.jsonl.gz');
    const exported = await crm(eventsCommand, ['events', 'export', file], environment(postgres, readModels));
    await crm(eventsCommand, ['events', 'import', file], environment(kurrentdb, readModels));
    await expect(running(kurrentdb, readModels, digestsOf)).rejects.toMatchObject({ code: 'OTHER_LOG' });
    const reset = await crm(projectionsCommand, ['projections', 'reset', '--yes'], environment(kurrentdb, readModels));
    expect(reset.out).toBe(`${names.length} read models were dropped; the next start builds them from the log.\n`);
    expect(besidesPositions(await running(kurrentdb, readModels, digestsOf))).toEqual(besidesPositions(before));

    file = join(folder, 'back.jsonl.gz');
    const back = await crm(eventsCommand, ['events', 'export', file], environment(kurrentdb, readModels));
    expect(digestIn(back)).toBe(digestIn(exported));
    await crm(eventsCommand, ['events', 'import', file], environment(another, another));
    const after = await running(another, another, async system => {
      const same = await digestsOf(system);
      expect(await system.executor.send(CaptureLead, { leadId: 'l3', name: 'Lead l3' }, sender)).toMatchObject({
        changed: true,
      });
      return same;
    });
    expect(after).toEqual(before);
  });
});

describe('Read models refuse', () => {
  it('a log that is empty, and leave it so', async () => {
    const [postgres, kurrentdb] = [await database(), await eventStoreDb()];
    await running(postgres, postgres, digestsOf);
    await expect(running(kurrentdb, postgres, digestsOf)).rejects.toThrow(
      /^These read models were made from another log: .* here it is missing\. .*projections reset/,
    );
    const store = await openEventStore(kurrentdb);
    expect(await store.head()).toBe(0n);
    await store.close();
  });

  it('a log that was set back behind what they have seen, also one from before logs were told apart', async () => {
    const postgres = await database();
    await running(postgres, postgres, async ({ database: { pool } }) => {
      await pool.query('delete from projections.log');
      await pool.query(`update projections.generations set position = 1000 where name = 'funnel'`);
    });
    await expect(running(postgres, postgres, digestsOf)).rejects.toThrow(
      /^funnel has seen the log up to position 1000, but it ends at 1: /,
    );
  });

  it('to be dropped while somebody works on them', async () => {
    const postgres = await database();
    await running(postgres, postgres, async system => {
      await digestsOf(system);
      const dropped = crm(projectionsCommand, ['projections', 'reset', '--yes'], environment(postgres, postgres));
      await expect(dropped).rejects.toMatchObject({ code: 'CONFLICT' });
    });
  });
});
