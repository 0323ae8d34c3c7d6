import type { Day } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { EmployeeFacts } from './facts.js';

/** Nobody is given something after having left; a late entry of what happened before stands. Nothing to check without `employee`. */
export function mustBeEmployed(employee: EmployeeFacts | undefined, on: Day, field: string): void {
  if (!employee?.dismissedOn || on < employee.dismissedOn) return;
  const { name, dismissedOn } = employee;
  throw refuse('EMPLOYEE_DISMISSED', `${name} left the company on ${dismissedOn}.`, {
    field,
    allowed: 'somebody who was with the company on that day',
  });
}

/** What belongs to one customer is not booked for another. An opportunity without a customer fits all. */
export function mustBeOfCustomer(
  customerId: string | undefined,
  other: { readonly customerId?: string } | undefined,
  field: string,
): void {
  if (!customerId || !other?.customerId || other.customerId === customerId) return;
  throw refuse('OTHER_CUSTOMER', `It belongs to the customer ${other.customerId}, not to ${customerId}.`, {
    field,
    allowed: `one of the customer ${customerId}`,
  });
}

/** The day on which something happened: as stated, or the business day of the command. A day still to come is refused. */
export function dayOf(stated: Day | undefined, occurredOn: Day, field: string): Day {
  if (stated && stated > occurredOn)
    throw refuse('IN_THE_FUTURE', `${stated} has not come yet.`, { field, allowed: `up to ${occurredOn}` });
  return stated ?? occurredOn;
}
