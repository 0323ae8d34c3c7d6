import { renameSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { exportEvents } from '#apps/cli/src/events/export.js';
import { importEvents } from '#apps/cli/src/events/import.js';
import { asItIs, encrypting } from '#apps/cli/src/events/taking.js';
import { eventsCommand } from '#apps/cli/src/events.command.js';
import { verifyCommand } from '#apps/cli/src/verify.command.js';
import { openKeys } from '#apps/system/src/open-keys.js';
import { sealerOf } from '#apps/system/src/sealing.js';
import type { System } from '#apps/system/src/system.js';
import { AddContact, ChangeCustomerProfile, RegisterCustomer } from '#crm/customer/customer.commands.js';
import { HireEmployee } from '#crm/employee/employee.commands.js';
import { LogInteraction } from '#crm/interaction/interaction.commands.js';
import { ErasePerson } from '#crm/personal/personal.commands.js';
import type { EventStore, StreamAppend } from '#event-sourcing/event-store.js';
import { all, eventsOf } from '#event-store/contract/opened-store.js';
import { ChainedStore } from '#integrity/chained-store.js';
import { configFrom } from '#platform/config.js';
import { canariesIn, canariesInTables } from '#test/faults/canaries.js';
import { crmOn } from '#test/faults/crm-on.js';
import { crm } from './crm.js';
import { eventually } from './running.js';
import { type Send, stores } from './stores.js';

const { inFolder, database, eventStoreDb, connected, environment, running } = stores();
let file: string;
beforeEach(() => {
  file = inFolder('log.jsonl.gz');
});

async function tell(send: Send, person: string): Promise<void> {
  const text = `Canary${person}x`;
  await send(RegisterCustomer, { customerId: person, name: text, taxNumber: text, reason: text });
  await send(ChangeCustomerProfile, { customerId: person, address: text, reason: text });
  await send(AddContact, { customerId: person, contactId: '1', name: text, email: `${text}@example.com` });
  await send(LogInteraction, { customerId: person, employeeId: 'li', kind: 'CALL', content: text });
}

const canariesStored = async (store: EventStore) => {
  const told = eventsOf(await all(store.readAll())).map(({ data, metadata }) => JSON.stringify([data, metadata]));
  return [...new Set(canariesIn(told.join()))].sort();
};

const seal = ({ stored, config, reading }: Pick<System, 'stored' | 'config' | 'reading'>) =>
  sealerOf(stored, config, reading.clock).seal();

const erased = ({ store }: Pick<System, 'store'>) =>
  all(store.readAll({ types: ['PersonErased'] })).then(pages =>
    eventsOf(pages).map(({ data }) => (data as { customerId: string }).customerId),
  );

/** What p1 and p2 said was recorded before there was encryption; p3 and more of p1 came after it, and p1 has asked to be forgotten. */
async function logInClear(log: string): Promise<void> {
  const { send } = crmOn(new ChainedStore(await connected(log)));
  await send(HireEmployee, { employeeId: 'li', name: '李' });
  for (const person of ['p1', 'p2']) await tell(send, person);
  await running(log, log, async ({ keys: { table }, ...system }, send) => {
    await tell(send, 'p3');
    await send(AddContact, { customerId: 'p1', contactId: '2', name: 'Canaryp1x' });
    await send(ErasePerson, { customerId: 'p1', reason: 'Canaryp1x wants it' });
    await eventually(
      () => table.find(['customer:p1', 'contact:["p1","2"]']),
      found => found.length === 2 && found.every(({ wrapped }) => wrapped === null),
    );
    expect(await erased(system)).toEqual([]);
    await seal(system);
  });
}

describe.each([
  ['Postgres', database],
  ['EventStoreDB', eventStoreDb],
])('A log that was begun in clear, taken into an empty %s with --encrypt,', (_, emptyStore) => {
  it('tells nobody’s data any more, forgets who was to be forgotten, and verifies', async () => {
    const [before, after, readModels] = [await database(), await emptyStore(), await database()];
    await logInClear(before);
    const old = await connected(before);
    expect(await canariesStored(old)).toEqual(['p1', 'p2']);
    await exportEvents(old, file);

    const imported = await crm(eventsCommand, ['events', 'import', file, '--encrypt'], environment(after, readModels));
    const [of, store] = [...imported.out.matchAll(/sha256 ([0-9a-f]{64})/g)].map(([, digest]) => digest);
    expect([imported.code, store]).toEqual([0, of]);
    const store2 = await connected(after);
    expect(await canariesStored(store2)).toEqual([]);
    const again = await crm(eventsCommand, ['events', 'import', file, '--encrypt'], environment(after, readModels));
    expect(again.out).toContain(`${eventsOf(await all(old.readAll())).length} were there already`);

    const heads = /Move (\S+) away/.exec(imported.out)![1]!;
    renameSync(heads, inFolder('heads-of-the-old-log'));
    await running(after, readModels, async (system, send) => {
      await eventually(
        () => erased(system),
        who => who.includes('p1'),
      );
      await send(ErasePerson, { customerId: 'p2', reason: 'Canaryp2x wants it, too' });
      await eventually(
        () => erased(system),
        who => who.includes('p2'),
      );
      await eventually(
        () => canariesStored(system.store),
        told => told.join() === 'p3',
      );
      await seal(system);
    });
    const left = await canariesInTables(readModels);
    expect([...new Set([...left.values()].flatMap(persons => [...persons]))]).toEqual(['p3']);
    expect(await canariesStored(store2)).toEqual([]);
    const verdict = await crm(verifyCommand, ['verify'], environment(after, readModels));
    expect([verdict.code, verdict.out]).toEqual([0, expect.stringContaining('Nothing')]);
  });
});

describe('A log that was begun in clear', () => {
  it('is taken as it is without --encrypt, which says how many events tell somebody’s data', async () => {
    const [before, after] = [await database(), await database()];
    await logInClear(before);
    await exportEvents(await connected(before), file);
    const store = await connected(after);
    const taking = asItIs(store);
    const digests = await importEvents(store, file, undefined, taking);
    expect([taking.inClear(), digests.store]).toEqual([9, digests.file]);
    expect(await canariesStored(store)).toEqual(['p1', 'p2']);
  });

  it('is encrypted in portions, and goes on where that was interrupted', async () => {
    const [before, after, readModels] = [await database(), await database(), await database()];
    const { send } = crmOn(new ChainedStore(await connected(before)));
    await send(HireEmployee, { employeeId: 'li', name: '李' });
    for (let person = 0; person < 300; person++) await tell(send, `p${person}`);
    const old = await connected(before);
    const { events } = await exportEvents(old, file);
    const target = await connected(after);
    const keys = await openKeys(configFrom(environment(after, readModels)), readModels);
    let [portions, singles] = [0, 0];
    const breaking: EventStore = Object.assign(Object.create(target), {
      append: () => singles++,
      appendTogether: async (appends: readonly StreamAppend[]) => {
        if (++portions > 2) throw new Error('The connection is lost.');
        await target.appendTogether!(appends);
      },
    });
    const interrupted = importEvents(breaking, file, undefined, encrypting(breaking, keys.keys));
    await expect(interrupted).rejects.toThrow('The connection is lost.');
    const taken = Number(await target.head());
    expect([taken > 200, taken < events, singles]).toEqual([true, true, 0]);
    const imported = await importEvents(target, file, undefined, encrypting(target, keys.keys));
    expect(imported).toMatchObject({ found: taken, imported: events - taken });
    expect(imported.store).toEqual(imported.file);
    await keys.close();
    expect(await canariesStored(target)).toEqual([]);
    const findings = await crm(verifyCommand, ['verify'], environment(after, readModels));
    expect(findings).toMatchObject({ code: 0 });
    const order = async (store: EventStore) =>
      eventsOf(await all(store.readAll())).map(({ stream, revision, id }) => [stream, revision, id]);
    expect(await order(target)).toEqual(await order(old));
  });

  it('is not taken twice in different ways', async () => {
    const [before, after, readModels] = [await database(), await database(), await database()];
    const { send } = crmOn(new ChainedStore(await connected(before)));
    await send(RegisterCustomer, { customerId: 'p2', name: 'Canaryp2x' });
    await exportEvents(await connected(before), file);
    await importEvents(await connected(after), file);
    const otherwise = crm(eventsCommand, ['events', 'import', file, '--encrypt'], environment(after, readModels));
    await expect(otherwise).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
