import { describe, expect, it } from '@jest/globals';
import { MAX_NAMES, type NewCustomer, reportOf } from './sales-daily.report.js';
import type { Activity } from './sales-daily.rows.js';

const days = ['2026-03-01', '2026-03-02'];
const activity = (day: string, employeeId: string | null, newCustomers: number): Activity => ({
  day,
  employeeId,
  lines: newCustomers
    ? [{ day, employeeId, figure: 'newCustomers', kind: null, currency: null, count: newCustomers, minor: 0 }]
    : [],
});

function report(activities: readonly Activity[], customers: readonly NewCustomer[] = []) {
  let reads = 0;
  const made = reportOf(activities, {
    days,
    teamOf: employeeId => (employeeId === 'li' ? 'east' : employeeId === 'wang' ? 'west' : null),
    employeeNames: new Map([
      ['li', '李'],
      ['wang', '王'],
    ]),
    teamNames: new Map([['east', '华东']]),
    newCustomers: async () => {
      reads++;
      return customers;
    },
  });
  return { ...made, reads: () => reads };
}

describe('the report', () => {
  const activities = [
    activity('2026-03-02', null, 1),
    activity('2026-03-02', 'wang', 2),
    activity('2026-03-02', 'li', 3),
    activity('2026-03-01', 'wang', 4),
    activity('2026-03-02', 'zz', 5),
  ];

  it('is in the order of days and names; those without a name by their id, nobody last', () => {
    expect(
      report(activities)
        .rows()
        .map(({ day, employee }) => [day, employee]),
    ).toEqual([
      ['2026-03-01', { id: 'wang', name: '王' }],
      ['2026-03-02', { id: 'zz', name: null }],
      ['2026-03-02', { id: 'li', name: '李' }],
      ['2026-03-02', { id: 'wang', name: '王' }],
      ['2026-03-02', null],
    ]);
  });

  it('adds up to the days, the teams and the totals', () => {
    const { totals, days, teams } = report(activities);
    expect(totals().newCustomers.count).toBe(15);
    expect(days().map(({ day, newCustomers }) => [day, newCustomers.count])).toEqual([
      ['2026-03-01', 4],
      ['2026-03-02', 11],
    ]);
    expect(teams().map(({ team, newCustomers }) => [team, newCustomers.count])).toEqual([
      [{ id: 'west', name: null }, 6],
      [{ id: 'east', name: '华东' }, 3],
      [null, 6],
    ]);
  });

  it('has every day of the period among the days, also one without anybody', () => {
    expect(
      report([])
        .days()
        .map(({ day, tasksTaken }) => [day, tasksTaken]),
    ).toEqual([
      ['2026-03-01', 0],
      ['2026-03-02', 0],
    ]);
  });

  it('names the new customers of each row in alphabetical order, and reads them once, if anybody asks', async () => {
    const customers = [
      { day: '2026-03-01', employeeId: 'wang', name: 'Zeta' },
      { day: '2026-03-01', employeeId: 'wang', name: 'Alpha' },
      { day: '2026-03-02', employeeId: null, name: 'Beta' },
      { day: '2026-03-02', employeeId: 'somebody outside the report', name: 'Gamma' },
    ];
    const { rows, totals, reads } = report(activities, customers);
    const shown = rows();
    expect(reads()).toBe(0);
    expect(await shown[0]!.newCustomers.names()).toEqual(['Alpha', 'Zeta']);
    expect(await shown[4]!.newCustomers.names()).toEqual(['Beta']);
    expect(await totals().newCustomers.names()).toEqual(['Alpha', 'Beta', 'Zeta']);
    expect(reads()).toBe(1);
  });

  it(`shows at most ${MAX_NAMES} names beside a count`, async () => {
    const many = Array.from({ length: MAX_NAMES + 1 }, (_, index) => ({
      day: '2026-03-01',
      employeeId: 'wang',
      name: `${1_000 + index}`,
    }));
    const names = await report(activities, many).totals().newCustomers.names();
    expect(names).toHaveLength(MAX_NAMES);
    expect(names.at(-1)).toBe('1099');
  });
});
