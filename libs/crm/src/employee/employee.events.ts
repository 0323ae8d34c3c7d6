import type { Day } from '#event-sourcing/event.js';

/** Stored for ever: never rename or retype; add an event, or add an upcaster. */
export type EmployeeEvents = {
  /** Without `hiredOn` the person has always been there, as far as reports are concerned. */
  EmployeeHired: {
    employeeId: string;
    name: string;
    email?: string;
    teamId?: string;
    region?: string;
    managerId?: string;
    hiredOn?: Day;
    externalId?: string;
  };
  /** What is left out stays as it was. A back-dated move corrects the past and leaves later moves alone. */
  EmployeeMoved: { employeeId: string; teamId?: string; region?: string; managerId?: string; effectiveOn: Day };
  /** `dismissedOn` is the first day on which the person is no longer there. */
  EmployeeDismissed: { employeeId: string; dismissedOn: Day };
  /** What an employee may see and do: a role of the permission table. */
  RoleGranted: { employeeId: string; role: string };
  RoleRevoked: { employeeId: string; role: string };
};
