import { describe, expect, it } from '@jest/globals';
import { eventsCommand } from '#apps/cli/src/events.command.js';
import { projectionsCommand } from '#apps/cli/src/projections.command.js';
import type { System } from '#apps/system/src/system.js';
import { CaptureLead, ConvertLead } from '#crm/lead/lead.commands.js';
import { type Digest, digest } from '#projections/digest.js';
import { waitForPosition } from '#projections/wait.js';
import { projections } from '#read-models/read-models.js';
import { crm } from './crm.js';
import { stores } from './stores.js';

const names = projections.map(({ name }) => name);

const { inFolder, database, eventStoreDb, connected, environment, running } = stores();

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
    const before = await running(postgres, readModels, async (system, send) => {
      for (const leadId of ['l1', 'l2']) await send(CaptureLead, { leadId, name: `Lead ${leadId}`, source: 'website' });
      await send(ConvertLead, { leadId: 'l1', opportunityName: 'A first deal' });
      await waitForPosition(system.database, [...names, 'converted-lead'], await system.store.head(), 30_000);
      return digestsOf(system);
    });

    let file = inFolder('there.jsonl.gz');
    const exported = await crm(eventsCommand, ['events', 'export', file], environment(postgres, readModels));
    await crm(eventsCommand, ['events', 'import', file], environment(kurrentdb, readModels));
    await expect(running(kurrentdb, readModels, digestsOf)).rejects.toMatchObject({ code: 'OTHER_LOG' });
    const reset = await crm(projectionsCommand, ['projections', 'reset', '--yes'], environment(kurrentdb, readModels));
    expect(reset.out).toBe(`${names.length} read models were dropped; the next start builds them from the log.\n`);
    expect(besidesPositions(await running(kurrentdb, readModels, digestsOf))).toEqual(besidesPositions(before));

    file = inFolder('back.jsonl.gz');
    const back = await crm(eventsCommand, ['events', 'export', file], environment(kurrentdb, readModels));
    expect(digestIn(back)).toBe(digestIn(exported));
    await crm(eventsCommand, ['events', 'import', file], environment(another, another));
    const after = await running(another, another, async (system, send) => {
      const same = await digestsOf(system);
      expect(await send(CaptureLead, { leadId: 'l3', name: 'Lead l3' })).toMatchObject({ changed: true });
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
    expect(await (await connected(kurrentdb)).head()).toBe(0n);
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
