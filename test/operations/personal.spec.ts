import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keysCommand } from '#apps/cli/src/keys.command.js';
import { personalDataCommand } from '#apps/cli/src/personal-data.command.js';
import { followIdentities } from '#apps/system/src/identities.js';
import type { PersonalData } from '#apps/system/src/personal-data.js';
import { openSystem } from '#apps/system/src/system.js';
import { CloseAccount } from '#crm/account/account.commands.js';
import { aggregates } from '#crm/aggregates.js';
import { AddContact, RegisterCustomer } from '#crm/customer/customer.commands.js';
import { HireEmployee } from '#crm/employee/employee.commands.js';
import { Executor } from '#crm/execution/executor.js';
import { LogInteraction } from '#crm/interaction/interaction.commands.js';
import { ErasePerson } from '#crm/personal/personal.commands.js';
import type { Envelope } from '#platform/graphql/command.js';
import { crm } from './crm.js';
import { eventually, type Running, running } from './running.js';

const sender = { actor: { id: 'tester', role: 'administrator' } };

let api: Running;
let environment: Record<string, string>;
beforeAll(async () => {
  api = await running();
  const { dataDir } = api.system.config;
  environment = { DATABASE_URL: api.database.url, EVENT_STORE_URL: api.database.url, DATA_DIR: dataDir };
  api.project();
  await send(HireEmployee, { employeeId: 'li', name: '李' });
});
afterAll(() => api?.close());

const send = <Command extends Envelope>(type: new () => Command, input: object) =>
  api.system.executor.send(type, input, sender);

async function customer(customerId: string): Promise<void> {
  await send(RegisterCustomer, { customerId, name: '王芳', phone: '138', taxNumber: `tax ${customerId}` });
  await send(AddContact, { customerId, contactId: '1', name: '陈晨', email: 'chen@example.com' });
  await send(LogInteraction, { customerId, employeeId: 'li', kind: 'CALL', content: 'asked for 王芳' });
  await send(LogInteraction, { customerId, employeeId: 'li', contactId: '1', kind: 'CALL', content: '陈晨 called' });
}

async function dataOf(customerId: string): Promise<PersonalData> {
  const { data, errors } = await api.query(`{ personalData(customerId: "${customerId}") }`);
  if (errors) throw new Error(JSON.stringify(errors));
  return data!.personalData as PersonalData;
}

const erased = (customerId: string) =>
  eventually(
    async () => JSON.stringify((await dataOf(customerId)).events.map(({ type }) => type)),
    types => types.includes('PersonErased'),
  );

describe('The personal data of a customer', () => {
  it('is told as a whole: what was recorded, and what was made of it', async () => {
    await customer('c1');
    const { persons, events, rows } = await dataOf('c1');
    expect(persons).toEqual(['contact:["c1","1"]', 'customer:c1']);
    expect(events.map(({ type }) => type)).toEqual([
      'CustomerRegistered',
      'ContactAdded',
      'InteractionLogged',
      'InteractionLogged',
    ]);
    expect(events[0]!.data).toMatchObject({ name: '王芳', phone: '138', taxNumber: 'tax c1' });
    expect(rows['directory.customers']).toMatchObject([{ customerId: 'c1', name: '王芳' }]);
    expect(rows['directory.contacts']).toMatchObject([{ name: '陈晨', email: 'chen@example.com' }]);
    expect(rows['salesDaily.customers']).toMatchObject([{ names: [{ name: '王芳' }] }]);
    const { out } = await crm(personalDataCommand, ['personal-data', 'c1'], environment);
    expect(JSON.parse(out)).toMatchObject({ customerId: 'c1', persons, events });
  });

  it('comes with who looked at it: at the card, the history, and at this very document', async () => {
    await customer('c7');
    await customer('c8');
    const before = (await dataOf('c7')).reads;
    await api.query('{ customer(id: "c7") { name phone } }');
    await api.query('{ customer(id: "c8") { name } }');
    await api.query('{ customerHistory(customerId: "c7") { nodes { eventId title } } }');
    await api.system.accessLog.flushed();
    const { reads } = await dataOf('c7');
    expect(before).toEqual([]);
    const newestFirst = [...reads].sort((one, other) => other.at.localeCompare(one.at));
    expect(reads.map(({ at }) => at)).toEqual(newestFirst.map(({ at }) => at));
    const told = reads.map(({ operation, role, fields }) => [operation, role, fields] as const);
    expect(told.toSorted(([one], [other]) => one.localeCompare(other))).toEqual([
      ['query customer', 'administrator', ['Query.customer', 'CustomerCard.name', 'CustomerCard.phone']],
      ['query customerHistory', 'administrator', expect.arrayContaining(['Query.customerHistory'])],
      ['query personalData', 'administrator', ['Query.personalData']],
    ]);
  });

  it('of nobody is not found', async () => {
    const { errors } = await api.query('{ personalData(customerId: "nobody") }');
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  it('goes with one contact, and nothing else of the customer does', async () => {
    await customer('c2');
    await send(ErasePerson, { customerId: 'c2', contactId: '1', reason: '陈晨 asked for it' });
    await erased('c2');
    const { data } = await api.query(
      `{ customer(id: "c2") { name phone contacts { nodes { name email } } interactions { nodes { content } } } }`,
    );
    expect(data!.customer).toEqual({
      name: '王芳',
      phone: '138',
      contacts: { nodes: [{ name: '[erased]', email: '[erased]' }] },
      interactions: { nodes: [{ content: '[erased]' }, { content: 'asked for 王芳' }] },
    });
    expect(JSON.stringify(await dataOf('c2'))).not.toMatch(/陈晨|chen@/);
  });

  it('goes with the customer, of whom nothing more is taken in', async () => {
    await customer('c3');
    const { data, errors } = await api.query(
      `mutation { erasePerson(input: { customerId: "c3", reason: "王芳 wrote to us" }) { changed } }`,
    );
    expect({ data, errors }).toEqual({ data: { erasePerson: { changed: true } }, errors: undefined });
    await erased('c3');
    expect(JSON.stringify(await dataOf('c3'))).not.toMatch(/王芳|陈晨|138|chen@|tax c3/);
    const { data: card } = await api.query(`{ customer(id: "c3") { name taxNumber } }`);
    expect(card!.customer).toEqual({ name: '[erased]', taxNumber: '[erased]' });
    const again = { customerId: 'c3', employeeId: 'li', kind: 'CALL', content: '王芳 called' };
    await expect(send(LogInteraction, again)).rejects.toMatchObject({ code: 'PERSON_ERASED' });
    // Once its minute of grace is over, what was unique is free for somebody else.
    const { store, fingerprint } = api.system;
    const later = () => new Date(Date.now() + 120_000).toISOString();
    const executor = new Executor({ store, fingerprint, aggregates, timeZone: 'Asia/Shanghai', clock: later });
    await executor.send(RegisterCustomer, { customerId: 'c3b', name: '李强', taxNumber: 'tax c3' }, sender);
  });

  it('goes with the first administrator, without whom the system starts all the same', async () => {
    const adminEmail = 'boss@example.com';
    const started = () => followIdentities({ ...api.system, config: { ...api.system.config, adminEmail } });
    await (await started()).close();
    await expect(send(ErasePerson, { accountId: adminEmail })).rejects.toMatchObject({ code: 'STILL_ACTIVE' });
    await send(CloseAccount, { accountId: adminEmail });
    expect(await api.system.keys.table.find([`account:${adminEmail}`])).toMatchObject([{ wrapped: expect.anything() }]);
    await send(ErasePerson, { accountId: adminEmail });
    const key = async () => (await api.system.keys.table.find([`account:${adminEmail}`]))[0]!;
    await eventually(key, ({ wrapped }) => !wrapped);
    const identities = await started();
    expect(identities.accounts().find(account => account.id === adminEmail)).toMatchObject({ active: false });
    await identities.close();
  });

  it('is refused where it is not said whose', async () => {
    const { errors } = await api.query(`mutation { erasePerson(input: { customerId: "nobody" }) { changed } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND', field: 'customerId' } }]);
  });
});

describe('A key that was destroyed', () => {
  it('and comes back with a backup is destroyed once more by the next projector', async () => {
    await customer('c6');
    const [backup] = await api.system.keys.table.find(['customer:c6']);
    await send(ErasePerson, { customerId: 'c6' });
    await erased('c6');
    const { pool } = api.system.database;
    const sql = 'update person_keys.keys set wrapped = $2, master = $3, erased_at = null where person = $1';
    await pool.query(sql, ['customer:c6', backup!.wrapped, backup!.master]);
    await pool.query("delete from person_keys.erasures where person = 'customer:c6'");
    api.project();
    await eventually(
      async () => (await api.system.keys.table.find(['customer:c6']))[0]!.wrapped,
      wrapped => wrapped === null,
    );
  });
});

describe('The master key', () => {
  it('is in a file of its owner alone, and changes while the API goes on', async () => {
    await customer('c4');
    const { masterKeyFile: file } = api.system.config;
    expect([existsSync(file), (statSync(file).mode & 0o777).toString(8)]).toEqual([true, '600']);
    expect(file).toBe(join(api.system.config.dataDir, 'keys', 'master.key'));
    const before = readFileSync(file, 'utf8');
    const { out, code } = await crm(keysCommand, ['keys', 'rotate'], environment);
    expect([out, code]).toEqual([expect.stringMatching(/^\d+ keys are wrapped by the new master key\.\n$/), 0]);
    const after = readFileSync(file, 'utf8');
    expect([after.trim().split('\n').length, after.includes(before.trim())]).toEqual([1, false]);
    await customer('c5');
    const fresh = await openSystem(api.system.config);
    for (const id of ['c4', 'c5'])
      for await (const { data } of fresh.store.readStream(`customer-${id}`, { limit: 1 }))
        expect(data).toMatchObject({ name: '王芳' });
    await fresh.close();
  });
});
