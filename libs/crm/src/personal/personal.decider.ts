import { type Decider, once } from '#event-sourcing/decider.js';
import type { Day } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { AccountFacts, EmployeeFacts } from '../facts.js';
import * as commands from './personal.commands.js';
import type { PersonalEvents } from './personal.events.js';

interface Erasure {
  readonly requested?: PersonalEvents['ErasureRequested'];
  readonly done: boolean;
}

interface Related {
  readonly employeeId: EmployeeFacts;
  readonly accountId: AccountFacts;
}

const WHOM = ['customerId', 'leadId', 'employeeId', 'accountId'] as const;

function mustNameOne(command: commands.ErasePerson): void {
  const named = WHOM.filter(field => command[field] !== undefined);
  if (named.length !== 1)
    throw refuse('BAD_USER_INPUT', 'Say who is to be erased, by exactly one of the ids.', {
      field: named[1] ?? 'customerId',
      allowed: WHOM,
    });
  if (command.contactId !== undefined && command.customerId === undefined)
    throw refuse('BAD_USER_INPUT', 'Contacts are numbered per customer: name the customer, too.', {
      field: 'customerId',
    });
}

/** Whoever works here still comes in by an e-mail that would be gone, and may be the only administrator: it cannot be taken back. */
function mustHaveLeft({ employeeId: employee, accountId: account }: Partial<Related>, on: Day): void {
  if (account && !account.closed)
    throw refuse('STILL_ACTIVE', 'The account is still open.', {
      field: 'accountId',
      allowed: 'an account that was closed',
    });
  if (employee && !(employee.dismissedOn && employee.dismissedOn <= on))
    throw refuse('STILL_ACTIVE', `${employee.name} is still with the company.`, {
      field: 'employeeId',
      allowed: 'somebody who was dismissed',
    });
}

/** The erasure of a person (删除个人信息). What it takes is done by the eraser, which ends it. */
export const personal: Decider<Erasure, PersonalEvents, typeof commands, Related> = {
  stream: 'personal',
  commands,
  initial: { done: false },

  decide: {
    ErasePerson: (command, state, { id: erasureId, occurredOn: requestedOn, related }) => {
      mustNameOne(command);
      if (!state.requested) mustHaveLeft(related, requestedOn);
      const { customerId, contactId, leadId, employeeId, accountId } = command;
      const data = { erasureId, customerId, contactId, leadId, employeeId, accountId };
      const day = state.requested?.requestedOn ?? requestedOn;
      return once(state.requested, { type: 'ErasureRequested', data: { ...data, requestedOn: day } });
    },
  },

  evolve: {
    ErasureRequested: (state, data) => ({ ...state, requested: data }),
    PersonErased: state => ({ ...state, done: true }),
  },
};
