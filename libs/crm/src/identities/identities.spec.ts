import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { NewEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { MemoryCrm } from '#test/support/memory-crm.js';
import { CloseAccount, OpenAccount } from '../account/account.commands.js';
import { DismissEmployee, GrantRole, HireEmployee, MoveEmployee } from '../employee/employee.commands.js';
import { AppointTeamLeader, FormTeam } from '../team/team.commands.js';
import { Identities } from './identities.js';

async function company() {
  const crm = new MemoryCrm();
  const { send } = crm.process();
  await send(FormTeam, { teamId: 'east-1', name: '华东一部', region: '华东' });
  await send(FormTeam, { teamId: 'east-2', name: '华东二部', region: '华东' });
  for (const [employeeId, teamId, role] of [
    ['zhao', 'east-1', 'teamLeader'],
    ['li', 'east-1', 'salesperson'],
    ['han', 'east-2', 'salesperson'],
    ['qian', 'east-2', 'regionalManager'],
  ] as const) {
    await send(HireEmployee, { employeeId, name: employeeId, email: `${employeeId}@corp.example`, teamId });
    await send(GrantRole, { employeeId, role });
  }
  const identities = await Identities.follow({ store: crm.store, timeZone: 'Asia/Shanghai', clock: crm.now });
  return {
    crm,
    send,
    identities,
    viewer: (name: string) => identities.viewer({ subject: '', email: `${name}@corp.example` }),
  };
}

function erased(persons: readonly string[]): NewEvent {
  const at = '2026-03-02T09:00:00.000Z';
  const metadata = {
    $correlationId: 'x',
    $causationId: 'x',
    actor: { id: 'eraser', role: 'system' },
    occurredAt: at,
    schemaVersion: 1,
  };
  return { id: randomUUID(), type: 'PersonErased', recordedAt: at, data: { erasureId: '1', persons }, metadata };
}

describe('Identities', () => {
  it('know an employee by the e-mail, with the roles that were granted', async () => {
    const { identities, viewer } = await company();
    expect(viewer('li')?.identity).toEqual({ id: 'li', employeeId: 'li', roles: ['salesperson'] });
    expect(identities.viewer({ subject: '', email: ' LI@Corp.example' })?.identity.id).toBe('li');
    expect(identities.viewer({ subject: 'li' })).toBeUndefined();
    await identities.close();
  });

  it('let reach the own records, those of the team, those of the region', async () => {
    const { identities, viewer } = await company();
    const owners = (name: string) => viewer(name)?.sight('customer.read');
    expect(owners('li')).toMatchObject({ owners: ['li'] });
    expect(owners('zhao')).toMatchObject({ owners: ['zhao', 'li'] });
    expect(owners('qian')).toMatchObject({ owners: ['qian', 'zhao', 'li', 'han'] });
    await identities.close();
  });

  it('follow moves, new leaders and dismissals from the command’s answer on', async () => {
    const { identities, send, viewer } = await company();
    const { position } = await send(MoveEmployee, { employeeId: 'han', teamId: 'east-1' });
    await identities.seen(position);
    expect(viewer('zhao')?.sight('customer.read')).toMatchObject({ owners: ['zhao', 'li', 'han'] });
    const led = await send(AppointTeamLeader, { teamId: 'east-2', leaderId: 'zhao' });
    const moved = await send(MoveEmployee, { employeeId: 'li', teamId: 'east-2' });
    const left = await send(DismissEmployee, { employeeId: 'li' });
    await identities.seen([led, moved, left].at(-1)!.position);
    expect(viewer('li')).toBeUndefined();
    // Led, though not the own team; and those who have left stay with whoever takes over from them.
    expect(viewer('zhao')?.sight('customer.read')).toMatchObject({ owners: ['zhao', 'li', 'han', 'qian'] });
    await identities.close();
  });

  it('keep a dismissed employee out from the first day without, not before', async () => {
    const { crm, identities, send, viewer } = await company();
    const { position } = await send(DismissEmployee, { employeeId: 'li', dismissedOn: '2026-03-03' });
    await identities.seen(position);
    expect(viewer('li')?.identity.id).toBe('li');
    crm.pass(24 * 60 * 60);
    expect(viewer('li')).toBeUndefined();
    await identities.close();
  });

  it('know an account by e-mail or subject, until it is closed', async () => {
    const { identities, send } = await company();
    const opened = await send(OpenAccount, { accountId: 'm1', name: '网站', role: 'integration', subject: 'website' });
    await identities.seen(opened.position);
    expect(identities.viewer({ subject: 'website' })?.identity).toEqual({ id: 'm1', roles: ['integration'] });
    await identities.seen((await send(CloseAccount, { accountId: 'm1' })).position);
    expect(identities.viewer({ subject: 'website' })).toBeUndefined();
    await identities.close();
  });

  it('take an employee before an account of the same e-mail, which does not keep a dismissed one in', async () => {
    const { identities, send, viewer } = await company();
    const open = { accountId: 'a1', name: '李雷', role: 'administrator', email: 'li@corp.example' };
    await identities.seen((await send(OpenAccount, open)).position);
    expect(viewer('li')?.identity.roles).toEqual(['salesperson']);
    await identities.seen((await send(DismissEmployee, { employeeId: 'li' })).position);
    expect(viewer('li')).toBeUndefined();
    await identities.close();
  });

  it('forget who was erased, also an account of a customer that nobody has closed', async () => {
    const { crm, identities, send, viewer } = await company();
    const email = 'buyer@example.com';
    await send(OpenAccount, { accountId: 'buyer', name: 'Buyer', role: 'analyst', email });
    const left = await send(DismissEmployee, { employeeId: 'li' });
    await identities.seen(left.position);
    expect(identities.viewer({ subject: '', email })?.identity.id).toBe('buyer');
    const { position } = await crm.store.append('personal-1', 'noStream', [erased(['account:buyer', 'employee:li'])]);
    await identities.seen(position);
    expect(identities.viewer({ subject: '', email })).toBeUndefined();
    expect(viewer('zhao')).toBeDefined();
    const known = identities.accounts().filter(({ id }) => ['buyer', 'li'].includes(id));
    expect(known).toEqual([
      { id: 'buyer', name: '[erased]', email: '[erased]', roles: ['analyst'], active: false },
      { id: 'li', employeeId: 'li', name: '[erased]', email: '[erased]', roles: ['salesperson'], active: false },
    ]);
    await identities.close();
  });

  it('do not ask a log without pause that ends by itself, as a closed one does', async () => {
    const { crm, identities } = await company();
    let asked = 0;
    const ending: EventStore = Object.assign(Object.create(crm.store), {
      // biome-ignore lint/correctness/useYield: it ends before anything comes.
      async *follow() {
        // Asked without pause it would leave no time for anything else, not even for this test to fail.
        if (++asked > 100) throw new Error('That is too often.');
      },
    });
    const others = await Identities.follow({ store: ending, timeZone: 'Asia/Shanghai', clock: crm.now });
    await new Promise(resolve => setTimeout(resolve, 20));
    await others.close();
    await identities.close();
    expect(asked).toBe(1);
  });
});
