import { describe, expect, it } from '@jest/globals';
import type { Assignment } from '../organisation/assignments.js';
import { activities, type DailyLine, daysOf, type Employment, MAX_ROWS, presence } from './sales-daily.rows.js';
import { type Filter, scopeOf } from './sales-daily.scope.js';

const days = daysOf({ from: '2026-02-27', to: '2026-03-02' });
const employment = (employeeId: string, hiredOn: string | null, dismissedOn: string | null): Employment => ({
  employeeId,
  hiredOn,
  dismissedOn,
});
const assignment = (
  employeeId: string,
  teamId: string,
  region: string,
  from?: string,
  before?: string,
): Assignment => ({
  employeeId,
  teamId,
  region,
  from: from ?? null,
  before: before ?? null,
});
const receipt = (day: string, employeeId: string | null): DailyLine => ({
  day,
  employeeId,
  figure: 'receipts',
  kind: null,
  currency: 'CNY',
  count: 1,
  minor: 100,
});
const everybody = scopeOf({}, []);

const shown = (rows: readonly { day: string; employeeId: string | null }[]) =>
  rows.map(({ day, employeeId }) => `${day} ${employeeId}`);

describe('the days of a report', () => {
  it('include both ends, and the end of February', () => {
    expect(days).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
  });
});

describe('a row without activity', () => {
  it('stands for everybody who was with the company: from the day of hiring to the day of leaving', () => {
    const staff = [employment('li', '2026-02-28', '2026-03-01'), employment('wang', null, '2026-02-27')];
    expect(shown(presence(days, staff, everybody))).toEqual(['2026-02-27 wang', '2026-02-28 li', '2026-03-01 li']);
  });
});

describe('activity', () => {
  it('has a row also for who has left, for strangers and for nobody in particular', () => {
    const present = presence(days, [employment('li', '2026-03-02', null)], everybody);
    const lines = [receipt('2026-03-02', 'li'), receipt('2026-02-27', 'li'), receipt('2026-03-02', null)];
    const rows = activities(present, lines, everybody);
    expect(shown(rows)).toEqual(['2026-03-02 li', '2026-02-27 li', '2026-03-02 null']);
    expect(rows.flatMap(row => row.lines)).toEqual(lines);
  });

  it('belongs to the team and region of that day', () => {
    const organisation = [
      assignment('li', 'east', 'East', undefined, '2026-03-01'),
      assignment('li', 'west', 'West', '2026-03-01'),
    ];
    const lines = days.map(day => receipt(day, 'li'));
    const rowsOf = (filter: Filter) => {
      const scope = scopeOf(filter, organisation);
      return shown(activities(presence(days, [employment('li', null, null)], scope), lines, scope));
    };
    expect(rowsOf({ team: 'east' })).toEqual(['2026-02-27 li', '2026-02-28 li']);
    expect(rowsOf({ region: 'West' })).toEqual(['2026-03-01 li', '2026-03-02 li']);
    expect(rowsOf({ team: 'east', region: 'West' })).toEqual([]);
    expect(scopeOf({}, organisation).teamOf('li', '2026-03-01')).toBe('west');
    expect(scopeOf({}, organisation).teamOf(null, '2026-03-01')).toBeNull();
  });

  it('of nobody in particular is left out as soon as the report is narrowed to somebody', () => {
    const rowsOf = (filter: Filter) => shown(activities([], [receipt('2026-03-02', null)], scopeOf(filter, [])));
    expect(rowsOf({})).toEqual(['2026-03-02 null']);
    for (const filter of [{ employees: ['li'] }, { employees: [] }, { team: 'east' }, { region: 'East' }])
      expect(rowsOf(filter)).toEqual([]);
  });
});

describe('a report that is too long', () => {
  const staff = Array.from({ length: MAX_ROWS / days.length }, (_, index) => employment(`e${index}`, null, null));

  it(`is refused beyond ${MAX_ROWS} rows, with what to do about it`, () => {
    const present = presence(days, staff, everybody);
    expect(present).toHaveLength(MAX_ROWS);
    const refused = expect.objectContaining({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('shorten the period'),
    });
    expect(() => presence(days, [...staff, employment('one too many', null, null)], everybody)).toThrow(refused);
    expect(() => activities(present, [receipt('2026-03-02', null)], everybody)).toThrow(refused);
  });
});
