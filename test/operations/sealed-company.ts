import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventsCommand } from '#apps/cli/src/events.command.js';
import { historyCommand } from '#apps/cli/src/history.command.js';
import { verifyCommand } from '#apps/cli/src/verify.command.js';
import { sealerOf } from '#apps/system/src/sealing.js';
import { openSystem, systemClock } from '#apps/system/src/system.js';
import { RegisterCustomer } from '#crm/customer/customer.commands.js';
import { OpenOpportunity } from '#crm/opportunity/opportunity.commands.js';
import { openEventStore } from '#event-store/open-event-store.js';
import type { HistoryBundle } from '#integrity/history-bundle.js';
import { configFrom } from '#platform/config.js';
import { testDatabase } from '#test/support/postgres.js';
import { crm } from './crm.js';
import { anEvent } from './running.js';

/** A change of an exported history. */
export type Change = (bundle: { -readonly [Key in keyof HistoryBundle]: HistoryBundle[Key] }) => void;

/** Events of the company, all of them sealed. */
export const SEALED = 6;

/** What two writers of canonical JSON may disagree about. */
const awkward = {
  texts: ['line\u2028paragraph\u2029\n\t\u0000\u001f\u007f', '"\\/', 'e\u0301é𠮷👩‍👩‍👧', '\ud800'],
  numbers: [0, -1, 0.1, 1e21, 123456789012345680000, 1e-7, 0.000001, 5e-324, 1.5e300, 2 ** 53],
  'key "': { 10: null, 9: true, '\ufb33': [], '😀': {} },
};

/** Whether there is what docs/verify.py needs. */
export const hasPython = ['python3 --version', 'openssl version'].every(command => {
  const [program, ...args] = command.split(' ');
  return spawnSync(program!, args).status === 0;
});

/** Two customers, one with an opportunity, and an event with all that is awkward, sealed; their histories and the log, exported. */
export async function sealedCompany() {
  const folder = mkdtempSync(join(tmpdir(), 'chronicle-verify-'));
  const file = (name: string) => join(folder, name);
  const [bundle, othersBundle, exported] = [file('history.json'), file('others.json'), file('log.jsonl.gz')];
  const database = await testDatabase();
  const { url } = database;
  const environment = { DATABASE_URL: url, EVENT_STORE_URL: url, DATA_DIR: folder, LOG_LEVEL: 'silent' };
  const customerId = await recordedIn(environment, bundle, othersBundle);
  await ended(crm(eventsCommand, ['events', 'export', exported], environment));
  const store = await openEventStore(url);
  const key = join(folder, 'keys', 'seal.pem.pub');
  return {
    folder,
    environment,
    customerId,
    store,
    /** The history of that customer, and of another one. */
    bundle,
    othersBundle,
    exported,
    /** The public key that has signed, and an environment that knows nothing of it nor of the log. */
    key,
    elsewhere: { DATA_DIR: file('elsewhere'), EVENT_STORE_URL: '', DATABASE_URL: '' },
    verify: (args: string[], more: Record<string, string> = {}) =>
      crm(verifyCommand, ['verify', ...args], { ...environment, ...more }),
    /** A copy of the history with a change. */
    changed: (change: Change) => {
      const copy = JSON.parse(readFileSync(bundle, 'utf8'));
      change(copy);
      writeFileSync(file('changed.json'), JSON.stringify(copy));
      return file('changed.json');
    },
    /** What the other verifier says, which was written from the documentation alone, with nothing of ours. */
    python: (...args: string[]) => {
      const { status, stdout } = spawnSync('python3', ['docs/verify.py', ...args, '--key', key], { encoding: 'utf8' });
      return { status, stdout: stdout.trim() };
    },
    close: async () => {
      await store.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type SealedCompany = Awaited<ReturnType<typeof sealedCompany>>;

async function recordedIn(environment: Record<string, string>, bundle: string, othersBundle: string): Promise<string> {
  const system = await openSystem(configFrom(environment));
  const sender = { actor: { id: 'li', role: 'administrator' } };
  const ids: string[] = [];
  for (const name of ['上海贸易有限公司 \\ 😀 é', 'Wang & “Söhne”'])
    ids.push((await system.executor.send(RegisterCustomer, { name }, sender)).id);
  const [other, customerId] = ids as [string, string];
  const opportunity = { customerId, name: 'A', amount: { minor: 123_456, currency: 'CNY' } };
  await system.executor.send(OpenOpportunity, opportunity, sender);
  await system.store.append('note-1', 'noStream', [anEvent('Noted', awkward)]);
  await sealerOf(system.stored, system.config, systemClock).seal();
  await system.close();
  await ended(crm(historyCommand, ['history', 'export', customerId, '--out', bundle], environment));
  await ended(crm(historyCommand, ['history', 'export', other, '--out', othersBundle], environment));
  return customerId;
}

async function ended(command: ReturnType<typeof crm>): Promise<void> {
  const { code, out } = await command;
  if (code !== 0) throw new Error(out);
}
