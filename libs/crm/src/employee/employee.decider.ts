import { type Decider, once } from '#event-sourcing/decider.js';
import type { Day } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { EmployeeFacts } from '../facts.js';
import { mustBeEmployed } from '../rules.js';
import * as commands from './employee.commands.js';
import type { EmployeeEvents } from './employee.events.js';

interface Employee {
  readonly hired?: EmployeeEvents['EmployeeHired'];
  readonly moves: readonly EmployeeEvents['EmployeeMoved'][];
  readonly dismissedOn?: Day;
}

const PLACE = ['teamId', 'region', 'managerId'] as const;
type Place = { readonly [Field in (typeof PLACE)[number]]?: string };

/** Where the employee is on a day, by everything known so far; moves count in the order of their days, not of their entry. */
function placeOn(day: Day, { hired, moves }: Employee): Place {
  const effective = moves
    .filter(({ effectiveOn }) => effectiveOn <= day)
    .sort((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : a.effectiveOn > b.effectiveOn ? 1 : 0));
  const latest = (field: keyof Place) => effective.findLast(move => move[field])?.[field] ?? hired?.[field];
  return { teamId: latest('teamId'), region: latest('region'), managerId: latest('managerId') };
}

function factsOf({ hired, dismissedOn }: Employee): EmployeeFacts {
  return { name: hired?.name ?? '', dismissedOn };
}

/** The employee (员工): who, and where in the organisation from which day on. */
export const employee: Decider<Employee, EmployeeEvents, typeof commands, { managerId: EmployeeFacts }> = {
  stream: 'employee',
  commands,
  initial: { moves: [] },

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
  },

  evolve: {
    EmployeeHired: (state, data) => ({ ...state, hired: data }),
    EmployeeMoved: (state, data) => ({ ...state, moves: [...state.moves, data] }),
    EmployeeDismissed: (state, { dismissedOn }) => ({ ...state, dismissedOn }),
  },

  // Free again after a dismissal, for whoever is hired next or comes back.
  unique: ({ hired, dismissedOn }) => ({ email: dismissedOn ? undefined : hired?.email }),
  facts: factsOf,
};
