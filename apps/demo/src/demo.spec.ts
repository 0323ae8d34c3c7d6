import { describe, expect, it } from '@jest/globals';
import { EmployeeRole } from '#crm/employee/employee-role.js';
import { Identities } from '#crm/identities/identities.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { scopeOf } from '#platform/access/permissions.js';
import { commandDefinition } from '#platform/graphql/command.js';
import { runDemo } from './run-demo.js';
import { type SimulationOptions, simulate } from './simulate.js';
import { roleOf } from './staff.js';

const year: SimulationOptions = { seed: 7, opportunities: 300, until: Date.parse('2026-06-30T16:00:00.000Z') };

async function logOf(options: SimulationOptions): Promise<RecordedEvent[]> {
  const store = new MemoryEventStore();
  await runDemo({ ...options, store, timeZone: 'Asia/Shanghai' });
  const events: RecordedEvent[] = [];
  for await (const page of store.readAll()) events.push(...page.events);
  return events;
}

const factsOf = (events: readonly RecordedEvent[]) =>
  events.map(({ stream, type, data, recordedAt }) => JSON.stringify([stream, type, data, recordedAt])).sort();

describe('the demo', () => {
  it('is the same company for the same seed, and another one for another seed', () => {
    const told = (options: SimulationOptions) => JSON.stringify([...simulate(options)]);
    expect(told(year)).toBe(told(year));
    expect(told(year)).not.toBe(told({ ...year, seed: 8 }));
  });

  it('tells its story in the order of time, and nothing of the future', () => {
    const times = [...simulate(year)].map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)!).toBeLessThanOrEqual(year.until);
  });

  it('has the warts of reality', async () => {
    const events = await logOf(year);
    const types = new Set(events.map(({ type }) => type));
    for (const wart of [
      'StageSteppedBack',
      'OpportunityReopened',
      'PaymentReversed',
      'CustomerHandedOver',
      'EmployeeMoved',
    ])
      expect(types).toContain(wart);
    expect(events.some(({ recordedAt, metadata }) => metadata.occurredAt < recordedAt)).toBe(true);
  });

  it('is recorded as it happened: also what policies did is known since then', async () => {
    const events = await logOf(year);
    const signings = new Map(
      events
        .filter(({ type }) => type === 'ContractSigned')
        .map(event => [(event.data as { contractId: string }).contractId, event]),
    );
    const wins = events.filter(({ type }) => type === 'OpportunityWon');
    expect(wins.length).toBeGreaterThan(20);
    for (const win of wins) {
      const signing = signings.get((win.data as { contractId: string }).contractId);
      expect(win.recordedAt).toBe(signing!.recordedAt);
    }
  });

  it('has people of every role, who can be tried by their e-mails', async () => {
    const store = new MemoryEventStore();
    await runDemo({ ...year, opportunities: 20, store, timeZone: 'Asia/Shanghai' });
    const clock = () => new Date(year.until).toISOString();
    const identities = await Identities.follow({ store, timeZone: 'Asia/Shanghai', clock });
    const viewer = (id: string) => identities.viewer({ subject: '', email: `${id}@example.com` })!;
    const roles = [
      'sales-1',
      'leader-1',
      'manager-1',
      'finance',
      'legal',
      'marketing',
      'service',
      'analyst',
      'auditor',
    ];
    expect([...roles, 'hr'].map(id => viewer(`demo-${id}`).identity.roles[0])).toEqual(Object.values(EmployeeRole));
    const owners = expect.not.arrayContaining(['demo-sales-2']);
    expect(viewer('demo-leader-1').sight('customer.read')).toMatchObject({ owners });
    const team = expect.arrayContaining(['demo-leader-1', 'demo-sales-1']);
    expect(viewer('demo-leader-1').sight('customer.read')).toMatchObject({ owners: team });
    await identities.close();
  });

  it('lets everybody do only what their role may do, and names them with it', async () => {
    for (const { actor, type } of simulate(year)) {
      const { allow } = commandDefinition(type);
      expect([actor, allow, scopeOf(roleOf(actor), allow)]).toEqual([actor, allow, expect.any(String)]);
    }
    const events = await logOf(year);
    const granted = new Map(
      events
        .filter(({ type }) => type === 'RoleGranted')
        .map(({ data }) => data as { employeeId: string; role: string })
        .map(({ employeeId, role }) => [employeeId, role]),
    );
    const actors = new Map(
      events
        .map(({ metadata }) => metadata.actor!)
        .filter(({ role }) => role !== 'system')
        .map(({ id, role }) => [id, role]),
    );
    for (const [id, role] of actors) expect([id, role]).toEqual([id, granted.get(id)]);
    const acting = ['administrator', 'finance', 'marketing', 'regionalManager', 'salesperson'];
    expect([...actors.values()]).toEqual(expect.arrayContaining(acting));
  });

  it('leaves the same facts in the log each time', async () => {
    expect(factsOf(await logOf(year))).toEqual(factsOf(await logOf(year)));
  });
});
