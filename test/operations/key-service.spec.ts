import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { keysCommand } from '#apps/cli/src/keys.command.js';
import { openSystem, type System } from '#apps/system/src/system.js';
import { RegisterCustomer } from '#crm/customer/customer.commands.js';
import { configFrom } from '#platform/config.js';
import { keyService } from '#privacy/testing/key-service.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { crm } from './crm.js';

const sender = { actor: { id: 'tester', role: 'administrator' } };

let database: TestDatabase;
let folder: string;
let service: ReturnType<typeof keyService>;
beforeEach(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'chronicle-kms-'));
  service = keyService();
});
afterEach(async () => {
  await database.drop();
  for (const one of [folder, service.folder]) rmSync(one, { recursive: true });
});

const inClear = () => ({ DATABASE_URL: database.url, EVENT_STORE_URL: database.url, DATA_DIR: folder });
const wrapped = () => ({ ...inClear(), MASTER_KEY_COMMAND: service.command });

async function running<T>(environment: Record<string, string>, use: (system: System) => Promise<T>): Promise<T> {
  const system = await openSystem(configFrom({ ...environment, LOG_LEVEL: 'silent' }));
  try {
    return await use(system);
  } finally {
    await system.close();
  }
}

const register = (customerId: string) => (system: System) =>
  system.executor.send(RegisterCustomer, { customerId, name: '王芳' }, sender);

async function namesIn({ store }: System): Promise<unknown[]> {
  const names: unknown[] = [];
  for await (const { events } of store.readAll({ types: ['CustomerRegistered'] }))
    names.push(...events.map(({ data }) => (data as { name: string }).name));
  return names;
}

it('An installation moves its master key to a key management service, and changes it there', async () => {
  const file = () => readFileSync(join(folder, 'keys', 'master.key'), 'utf8');
  await running(inClear(), register('c1'));
  expect(file()).toMatch(/^\S{44}\n$/);

  const { code } = await crm(keysCommand, ['keys', 'rotate'], wrapped());
  const first = file();
  expect([code, first]).toEqual([0, expect.stringMatching(/^wrapped:service:v1:\S+\n$/)]);
  await running(wrapped(), register('c2'));
  await crm(keysCommand, ['keys', 'rotate'], wrapped());
  expect([file().startsWith('wrapped:service:v1:'), file() === first]).toEqual([true, false]);
  expect(await running(wrapped(), namesIn)).toEqual(['王芳', '王芳']);

  await expect(running(inClear(), namesIn)).rejects.toThrow('MASTER_KEY_COMMAND has to name what unwraps it');
});
