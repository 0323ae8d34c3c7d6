import { type Decider, once } from '#event-sourcing/decider.js';
import type { Day } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { EmployeeFacts } from '../facts.js';
import { mustBeEmployed } from '../rules.js';
import * as commands from './employee.commands.js';
import type { EmployeeEvents } from './employee.events.js';
import { PLACE, type Place, type Places, placeOn } from './place.js';

interface Employee extends Places {
  readonly roles: readonly string[];
  readonly dismissedOn?: Day;
}

function factsOf({ hired, dismissedOn }: Pick<Employee, 'hired' | 'dismissedOn'>): EmployeeFacts {
  return { name: hired?.name ?? '', dismissedOn };
}

/** The employee (员工): who, and where in the organisation from which day on. */
export const employee: Decider<Employee, EmployeeEvents, typeof commands, { managerId: EmployeeFacts }> = {
  stream: 'employee',
  commands,
  initial: { moves: [], roles: [] },

  decide: {
    HireEmployee: ({ name, email, teamId, region, managerId, hiredOn, externalId }, state, context) => {
      if (!state.hired) mustBeEmployed(context.related.managerId, context.occurredOn, 'managerId');
      const data = { employeeId: context.id, name, email, teamId, region, managerId, hiredOn, externalId };
      return once(state.hired, { type: 'EmployeeHired', data });
    },
    MoveEmployee: ({ employeeId, teamId, region, managerId, effectiveOn: stated }, state, { occurredOn, related }) => {
      const effectiveOn = stated ?? occurredOn;
      const to: Place = { teamId, region, managerId };
      const from = placeOn(effectiveOn, state);
      if (PLACE.every(field => !to[field] || to[field] === from[field])) return [];
      mustBeEmployed(factsOf(state), effectiveOn, 'employeeId');
      mustBeEmployed(related.managerId, effectiveOn, 'managerId');
      return [{ type: 'EmployeeMoved', data: { employeeId, ...to, effectiveOn } }];
    },
    DismissEmployee: ({ employeeId, dismissedOn: stated }, state, { occurredOn }) => {
      const dismissedOn = stated ?? occurredOn;
      if (state.dismissedOn) {
        if (!stated || stated === state.dismissedOn) return [];
        throw refuse('ALREADY_DISMISSED', `The employee left on ${state.dismissedOn} already.`, {
          field: 'dismissedOn',
          allowed: state.dismissedOn,
        });
      }
      const hiredOn = state.hired?.hiredOn;
      if (hiredOn && dismissedOn < hiredOn)
        throw refuse('BEFORE_HIRING', `The employee was hired on ${hiredOn} and cannot leave before.`, {
          field: 'dismissedOn',
          allowed: `from ${hiredOn} on`,
        });
      return [{ type: 'EmployeeDismissed', data: { employeeId, dismissedOn } }];
    },
    GrantRole: ({ employeeId, role }, state, { occurredOn }) => {
      if (state.roles.includes(role)) return [];
      mustBeEmployed(factsOf(state), occurredOn, 'employeeId');
      return [{ type: 'RoleGranted', data: { employeeId, role } }];
    },
    RevokeRole: ({ employeeId, role }, state) =>
      state.roles.includes(role) ? [{ type: 'RoleRevoked', data: { employeeId, role } }] : [],
  },

  evolve: {
    EmployeeHired: (state, data) => ({ ...state, hired: data }),
    EmployeeMoved: (state, data) => ({ ...state, moves: [...state.moves, data] }),
    EmployeeDismissed: (state, { dismissedOn }) => ({ ...state, dismissedOn }),
    RoleGranted: (state, { role }) => ({ ...state, roles: [...state.roles, role] }),
    RoleRevoked: (state, { role }) => ({ ...state, roles: state.roles.filter(held => held !== role) }),
  },

  // Free again after a dismissal, for whoever is hired next or comes back.
  unique: ({ hired, dismissedOn }) => ({ email: dismissedOn ? undefined : hired?.email }),
  facts: factsOf,
};
