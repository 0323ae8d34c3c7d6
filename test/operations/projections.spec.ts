import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projectionsCommand } from '#apps/cli/src/projections.command.js';
import { project } from '#apps/system/src/projecting.js';
import { openSystem, type System } from '#apps/system/src/system.js';
import { CaptureLead } from '#crm/lead/lead.commands.js';
import { configFrom } from '#platform/config.js';
import { waitForPosition } from '#projections/wait.js';
import { projections } from '#read-models/read-models.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { crm } from './crm.js';
import { anEvent } from './running.js';

const names = projections.map(({ name }) => name);
const sender = { actor: { id: 'tester', role: 'administrator' } };

let database: TestDatabase;
let system: System;
let environment: Record<string, string>;
let folder: string;
beforeEach(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'chronicle-projections-'));
  environment = { DATABASE_URL: database.url, EVENT_STORE_URL: database.url, DATA_DIR: folder };
  system = await openSystem(configFrom({ ...environment, LOG_LEVEL: 'silent' }));
  for (const leadId of ['l1', 'l2', 'l3'])
    await system.executor.send(CaptureLead, { leadId, name: `Lead ${leadId}`, source: 'website' }, sender);
});
afterEach(async () => {
  await system?.close();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => crm(projectionsCommand, ['projections', ...args], environment);

async function projected(): Promise<void> {
  const stop = new AbortController();
  const projecting = project(system, stop.signal);
  await waitForPosition(system.database, names, await system.store.head(), 30_000);
  stop.abort();
  await projecting;
}

describe('crm projections', () => {
  it('shows each read model’s lag behind the log', async () => {
    await projected();
    const { out } = await run();
    expect(out.split('\n')[0]).toMatch(/^name +version +state +position +head +lag events/);
    expect(out).toMatch(/^leadFunnel +\d+ +stopped +4 +4 +0 +0 /m);
  });

  it('rebuilds several or all of them, and refuses to guess which', async () => {
    await projected();
    const { out, code } = await run('rebuild', 'leadFunnel', 'directory');
    expect(out).toMatch(/leadFunnel version \d+: 3 events in .*\n.*equal.*\nIt is live now\./);
    expect(out).toMatch(/directory version \d+: 4 events/);
    expect(code).toBe(0);
    await expect(run('rebuild')).rejects.toThrow('Name the projections, or say --all.');
    await expect(run('rebuild', 'leads')).rejects.toThrow('There is no projection leads. There are organisation,');
  });

  it('says which figures of a wrong read model differ, by how much, and swaps there and back', async () => {
    await projected();
    const { pool } = system.database;
    await pool.query(`update lead_funnel.prospects set source = 'fair' where opportunity_id = 'l2-opportunity'`);
    const refused = await run('rebuild', 'leadFunnel');
    expect(refused).toMatchObject({ code: 3, out: expect.stringContaining('prospects different') });

    await system.executor.send(CaptureLead, { leadId: 'l4', name: 'Lead l4', source: 'website' }, sender);
    await projected();
    const differs = await run('diff', 'leadFunnel');
    expect(differs.code).toBe(3);
    expect(differs.out).toMatch(/live version \d+ at 5, rebuilt version \d+ at 5\./);
    expect(differs.out).toContain(
      'prospects: 1 lines changed, 0 new, 0 gone\n  e.g. {"opportunityId":"l2-opportunity"}\n    source: "fair" → "website"\n',
    );
    expect(differs.out.match(/→/g)).toHaveLength(1);
    expect(differs.out.match(/: \d+ lines changed/g)).toHaveLength(1);

    expect((await run('rebuild', 'leadFunnel', '--force')).code).toBe(0);
    const sourceOf = async () =>
      (await pool.query(`select source from lead_funnel.prospects where opportunity_id = 'l2-opportunity'`)).rows[0]
        .source;
    expect(await sourceOf()).toBe('website');
    await run('swap', 'leadFunnel', '--back');
    expect(await sourceOf()).toBe('fair');
  });

  it('lists, shows and retries events that could not be folded', async () => {
    expect((await run('dead-letters')).out).toBe('There are no dead letters.\n');
    const event = anEvent('LeadCaptured', { leadId: 'l9', name: { no: 'name' }, source: 'website' });
    await system.store.append('lead-l9', 'noStream', [event]);
    await projected();
    expect((await run('dead-letters', 'list', 'directory')).out).toMatch(/^directory +leads +l9 +5 +LeadCaptured /m);
    const shown = JSON.parse((await run('dead-letters', 'show', 'directory', 'l9')).out);
    expect(shown).toMatchObject({ stream: 'lead-l9', event: { id: event.id, data: { name: { no: 'name' } } } });
    expect(await run('dead-letters', 'retry', 'directory')).toEqual({ out: 'directory: 0 folded, 1 left.\n', code: 3 });
  });

  it('leaves a rebuilt read model beside the live one until it is swapped', async () => {
    await projected();
    await system.database.pool.query(`update lead_funnel.prospects set source = 'fair'`);
    const built = await run('rebuild', 'leadFunnel', '--no-swap');
    expect(built).toMatchObject({ code: 0, out: expect.stringContaining('It waits beside the live tables.') });
    expect((await run()).out).toMatch(/^leadFunnel .* v\d+ waits to be swapped /m);
    expect((await run('diff', 'leadFunnel')).out).toContain('prospects: 3 lines changed, 0 new, 0 gone');
    expect((await run('swap', 'leadFunnel')).out).toBe('leadFunnel: what was built is live now.\n');
    expect((await run('diff', 'leadFunnel')).out).toMatch(/previous version/);
    await expect(run('swap', 'leadFunnel')).rejects.toThrow('No tables of leadFunnel wait to be swapped');
  });

  it('skips an event that cannot be folded, and says who did so and why', async () => {
    const event = anEvent('LeadCaptured', { leadId: 'l9', name: { no: 'name' }, source: 'website' });
    await system.store.append('lead-l9', 'noStream', [event]);
    await projected();
    await expect(run('dead-letters', 'skip', 'directory', 'leads', 'l9', '--reason', ' ')).rejects.toThrow('Say why');
    const { out } = await run('dead-letters', 'skip', 'directory', 'leads', 'l9', '--reason', 'typed by a robot');
    expect(out).toBe('directory: LeadCaptured at 5 is left out of leads l9. Behind it, 0 folded, 0 left.\n');
    expect((await run('dead-letters', 'list', 'directory')).out).toBe('There are no dead letters.\n');
    expect((await run('dead-letters', 'skipped')).out).toMatch(
      /^directory +leads +l9 +5 +LeadCaptured +\d+ +\S+@\S+ .*robot/m,
    );
    expect(await run('rebuild', 'directory')).toMatchObject({ code: 0 });
  });
});
