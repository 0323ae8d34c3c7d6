import { type Decider, once } from '#event-sourcing/decider.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { AccountFacts } from '../facts.js';
import * as commands from './account.commands.js';
import type { AccountEvents } from './account.events.js';

interface Account {
  readonly opened?: AccountEvents['AccountOpened'];
  readonly closed: boolean;
}

/** An external user without a customer would see nothing; anybody else with one would seem to be limited to it. */
function mustFitTheRole({ role, customerId }: commands.OpenAccount): void {
  if ((role === 'external') === Boolean(customerId)) return;
  throw refuse('CUSTOMER_OF_EXTERNALS', 'External users belong to a customer, all others to none.', {
    field: 'customerId',
    allowed: role === 'external' ? 'a customer' : 'nothing',
  });
}

/** The account (账号) of somebody who is no employee, or of a machine. */
export const account: Decider<Account, AccountEvents, typeof commands> = {
  stream: 'account',
  commands,
  initial: { closed: false },

  decide: {
    OpenAccount: (command, state, { id }) => {
      const { name, role, email, subject, customerId } = command;
      mustFitTheRole(command);
      if (!email && !subject)
        throw refuse('NO_WAY_IN', 'Tokens have to name the account somehow.', {
          field: 'email',
          allowed: 'an e-mail, or a `subject`',
        });
      const data = { accountId: id, name, role, email, subject, customerId };
      return once(state.opened, { type: 'AccountOpened', data });
    },
    CloseAccount: ({ accountId, reason }, state) =>
      state.closed ? [] : [{ type: 'AccountClosed', data: { accountId, reason } }],
  },

  evolve: {
    AccountOpened: (_, data) => ({ opened: data, closed: false }),
    AccountClosed: state => ({ ...state, closed: true }),
  },

  facts: ({ closed }): AccountFacts => ({ closed }),
  unique: ({ opened, closed }) => (closed ? {} : { email: opened?.email, subject: opened?.subject }),
};
