import type { Privacy } from '#event-sourcing/privacy.js';
import type { EmployeeEvents } from './employee.events.js';

export const employeePrivacy: Privacy<EmployeeEvents> = {
  EmployeeHired: { about: ['employeeId'], personal: ['name', 'email'] },
  EmployeeMoved: { about: ['employeeId'], personal: [] },
  EmployeeDismissed: { about: ['employeeId'], personal: [] },
  RoleGranted: { about: ['employeeId'], personal: [] },
  RoleRevoked: { about: ['employeeId'], personal: [] },
};
