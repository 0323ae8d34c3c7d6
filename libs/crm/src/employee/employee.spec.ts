import { describe, expect, it } from '@jest/globals';
import { given } from '#event-sourcing/given.js';
import { employee } from './employee.decider.js';

const hired = {
  type: 'EmployeeHired',
  data: {
    employeeId: 'li',
    name: '李雷',
    email: 'li@example.com',
    teamId: 'north',
    region: '华北',
    hiredOn: '2025-01-01',
  },
} as const;
const movedEast = {
  type: 'EmployeeMoved',
  data: { employeeId: 'li', teamId: 'east', effectiveOn: '2026-02-01' },
} as const;
const dismissed = { type: 'EmployeeDismissed', data: { employeeId: 'li', dismissedOn: '2026-03-01' } } as const;

describe('an employee', () => {
  it('is hired into a team and a region', () => {
    given(employee).when('HireEmployee', hired.data, { id: 'li' }).then(hired);
  });

  it('is hired once, however often the same facts are stated', () => {
    given(employee, hired).when('HireEmployee', hired.data, { id: 'li' }).then();
    given(employee, hired)
      .when('HireEmployee', { ...hired.data, name: '韩梅' }, { id: 'li' })
      .thenRefused('ALREADY_EXISTS');
  });

  it('does not get a manager who has left, unless it happened before', () => {
    const command = { name: '王芳', managerId: 'li' };
    const related = { managerId: { name: '李雷', dismissedOn: '2026-03-02' } };
    given(employee).when('HireEmployee', command, { related }).thenRefused('EMPLOYEE_DISMISSED');
    given(employee, hired)
      .when('MoveEmployee', { employeeId: 'li', managerId: 'li' }, { related })
      .thenRefused('EMPLOYEE_DISMISSED');
    given(employee)
      .when('HireEmployee', command, { related, occurredOn: '2026-03-01' })
      .then({ type: 'EmployeeHired', data: { employeeId: 'test', ...command } });
  });

  it('moves from the day it happened on', () => {
    given(employee, hired)
      .when('MoveEmployee', { employeeId: 'li', region: '华东', managerId: 'zhao' })
      .then({
        type: 'EmployeeMoved',
        data: { employeeId: 'li', region: '华东', managerId: 'zhao', effectiveOn: '2026-03-02' },
      });
  });

  it('does not move to where it is already', () => {
    given(employee, hired, movedEast).when('MoveEmployee', { employeeId: 'li', teamId: 'east' }).then();
    given(employee, hired, movedEast).when('MoveEmployee', { employeeId: 'li', region: '华北' }).then();
    given(employee, hired, movedEast).when('MoveEmployee', { employeeId: 'li' }).then();
  });

  it('moves back to where it has been', () => {
    given(employee, hired, movedEast)
      .when('MoveEmployee', { employeeId: 'li', teamId: 'north' })
      .then({ type: 'EmployeeMoved', data: { employeeId: 'li', teamId: 'north', effectiveOn: '2026-03-02' } });
  });

  it('is moved earlier by a correction, once, and then stays where later moves left it', () => {
    const correction = { employeeId: 'li', teamId: 'south', effectiveOn: '2026-01-01' };
    const corrected = { type: 'EmployeeMoved', data: correction } as const;
    given(employee, hired, movedEast).when('MoveEmployee', correction).then(corrected);
    given(employee, hired, movedEast, corrected).when('MoveEmployee', correction).then();
    given(employee, hired, movedEast, corrected).when('MoveEmployee', { employeeId: 'li', teamId: 'east' }).then();
  });

  it('is dismissed on the day it happened, once', () => {
    given(employee, hired)
      .when('DismissEmployee', { employeeId: 'li' })
      .then({ type: 'EmployeeDismissed', data: { employeeId: 'li', dismissedOn: '2026-03-02' } });
    given(employee, hired, dismissed).when('DismissEmployee', { employeeId: 'li' }).then();
    given(employee, hired, dismissed).when('DismissEmployee', dismissed.data).then();
  });

  it('is neither dismissed a second time on another day nor before being hired', () => {
    given(employee, hired, dismissed)
      .when('DismissEmployee', { employeeId: 'li', dismissedOn: '2026-03-09' })
      .thenRefused('ALREADY_DISMISSED');
    given(employee, hired)
      .when('DismissEmployee', { employeeId: 'li', dismissedOn: '2024-12-31' })
      .thenRefused('BEFORE_HIRING');
  });

  it('that has left cannot be moved, except for the time before', () => {
    const toSouth = { employeeId: 'li', teamId: 'south' };
    given(employee, hired, dismissed).when('MoveEmployee', toSouth).thenRefused('EMPLOYEE_DISMISSED');
    given(employee, hired, dismissed)
      .when('MoveEmployee', { ...toSouth, effectiveOn: '2026-02-28' })
      .then({ type: 'EmployeeMoved', data: { ...toSouth, effectiveOn: '2026-02-28' } });
  });

  it('is granted a role once, until it is taken back', () => {
    const role = { employeeId: 'li', role: 'salesperson' } as const;
    const [granted, revoked] = [
      { type: 'RoleGranted', data: role },
      { type: 'RoleRevoked', data: role },
    ] as const;
    given(employee, hired).when('GrantRole', role).then(granted);
    given(employee, hired, granted).when('GrantRole', role).then();
    given(employee, hired, granted).when('RevokeRole', role).then(revoked);
    given(employee, hired, granted, revoked).when('RevokeRole', role).then();
    given(employee, hired, granted, revoked).when('GrantRole', role).then(granted);
  });

  it('is granted nothing after having left', () => {
    given(employee, hired, dismissed)
      .when('GrantRole', { employeeId: 'li', role: 'salesperson' })
      .thenRefused('EMPLOYEE_DISMISSED');
  });

  it('holds an e-mail address of its own until it leaves', () => {
    const working = { hired: hired.data, moves: [], roles: [] };
    expect(employee.unique?.(working)).toEqual({ email: 'li@example.com' });
    expect(employee.unique?.({ ...working, dismissedOn: '2026-03-01' })).toEqual({ email: undefined });
  });

  it('is known to others by name and by the day it left', () => {
    expect(employee.facts?.({ hired: hired.data, moves: [], roles: [], dismissedOn: '2026-03-01' })).toEqual({
      name: '李雷',
      dismissedOn: '2026-03-01',
    });
  });
});
