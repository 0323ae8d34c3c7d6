import { describe, expect, it } from '@jest/globals';
import type { Day } from '#event-sourcing/event.js';
import { foldInMemory } from '#projections/fold-in-memory.js';
import { happened, recorded } from '#test/support/history.js';
import { assignmentsOf, monthsOfChange } from './assignments.js';
import { employees } from './organisation.projection.js';

const teams = new Map([
  ['east', '华东'],
  ['north', '华北'],
  ['staff', null],
]);
const hired = (place: { teamId?: string; region?: string }) =>
  happened('2026-01-10', 'EmployeeHired', { employeeId: 'li', name: '李雷', hiredOn: '2026-01-10', ...place });
const moved = (effectiveOn: Day, to: { teamId?: string; region?: string }, recordedOn: Day = effectiveOn) =>
  happened(effectiveOn, 'EmployeeMoved', { employeeId: 'li', effectiveOn, ...to }, recordedOn);

/** `from..before team region`, open ends left out. */
function assignments(events: Parameters<typeof recorded>[0], knownOn?: Day): string[] {
  const [li] = foldInMemory({ employees }, recorded(events), 'Asia/Shanghai').employees;
  return assignmentsOf(li!, teams, knownOn).map(
    ({ from, before, teamId, region }) => `${from ?? ''}..${before ?? ''} ${teamId} ${region}`,
  );
}

describe('an employee’s place in the organisation', () => {
  it('reaches back to the beginning of time, so that figures from before the hiring belong somewhere', () => {
    expect(assignments([hired({ teamId: 'east' })])).toEqual(['.. east 华东']);
  });

  it('is the team’s region unless the person has one', () => {
    expect(assignments([hired({ teamId: 'east', region: '海外' })])).toEqual(['.. east 海外']);
    expect(assignments([hired({ teamId: 'staff' })])).toEqual(['.. staff null']);
    expect(assignments([hired({})])).toEqual(['.. null null']);
  });

  it('changes from the day of a move on, in what the move names', () => {
    expect(assignments([hired({ teamId: 'east' }), moved('2026-02-01', { teamId: 'north' })])).toEqual([
      '..2026-02-01 east 华东',
      '2026-02-01.. north 华北',
    ]);
    expect(assignments([hired({ teamId: 'east' }), moved('2026-02-01', { region: '海外' })])).toEqual([
      '..2026-02-01 east 华东',
      '2026-02-01.. east 海外',
    ]);
  });

  it('follows the order in which moves hold, not that in which they were recorded', () => {
    const events = [
      hired({ teamId: 'east' }),
      moved('2026-03-01', { teamId: 'staff' }),
      moved('2026-02-01', { teamId: 'north' }, '2026-04-01'),
    ];
    expect(assignments(events)).toEqual([
      '..2026-02-01 east 华东',
      '2026-02-01..2026-03-01 north 华北',
      '2026-03-01.. staff null',
    ]);
  });

  it('is corrected by a later record for the same day', () => {
    const events = [
      hired({ teamId: 'east' }),
      moved('2026-02-01', { teamId: 'staff' }),
      moved('2026-02-01', { teamId: 'north' }, '2026-02-20'),
    ];
    expect(assignments(events)).toEqual(['..2026-02-01 east 华东', '2026-02-01.. north 华北']);
  });

  it('as known on a day ignores what was recorded later', () => {
    const events = [hired({ teamId: 'east' }), moved('2026-02-01', { teamId: 'north' }, '2026-02-20')];
    expect(assignments(events, '2026-02-19')).toEqual(['.. east 华东']);
    expect(assignments(events, '2026-02-20')).toEqual(['..2026-02-01 east 华东', '2026-02-01.. north 华北']);
  });
});

describe('the months of change', () => {
  it('are those in the middle of which somebody moved, each once', () => {
    const at = (from: Day | null) => ({ employeeId: 'li', teamId: null, region: null, from, before: null });
    expect(monthsOfChange([at(null), at('2026-02-01'), at('2026-03-05'), at('2026-03-20')])).toEqual([
      { value: 'li', month: '2026-03-01' },
    ]);
  });
});
