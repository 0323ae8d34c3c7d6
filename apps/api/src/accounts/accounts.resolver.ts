import { Args, Context, ID, Query, Resolver } from '@nestjs/graphql';
import { Identities } from '#crm/identities/identities.js';
import { isAnyRole } from '#crm/roles.js';
import { Allow, AllowAnybody } from '#platform/access/allow.js';
import type { RequestContext } from '#platform/access/request-context.js';
import { validated } from '#platform/graphql/validate.js';
import { lookupNow } from '#read-models/directory/lists.js';
import { connection, connectionOf, PageArgs, sliceOf } from '#read-models/shared/connection.js';
import { type Order, pageOfRows } from '#read-models/shared/keyset.js';
import { Reading } from '#read-models/shared/reading.js';
import { Account, AccountsFilter } from './account.type.js';
import { grantsOf, hiddenFieldsOf, Me } from './me.type.js';

const AccountsConnection = connectionOf(Account, 'Accounts');
const byId: Order = { name: 'accounts', keys: [{ column: 'id', kind: 'text' }] };

/** Case and width make no difference to who searches. */
const same = (text: string) => text.normalize('NFKC').toLowerCase();

function matches(account: Account, { role, active, employees, customerId, search }: AccountsFilter): boolean {
  const { name, email = '' } = account;
  return (
    (role == null || account.roles.includes(role)) &&
    (active == null || account.active === active) &&
    (employees == null || Boolean(account.employeeId) === employees) &&
    (customerId == null || account.customerId === customerId) &&
    (search == null || [name, email].some(text => same(text).includes(same(search))))
  );
}

/** Who comes in. Answered from what decides it in this process, and not from a read model that would lag behind. */
@Resolver()
export class AccountsResolver {
  constructor(
    private readonly identities: Identities,
    private readonly reading: Reading,
  ) {}

  @AllowAnybody('Whoever has no role yet has to learn that, and from whom to ask for one.')
  @Query(() => Me, {
    description:
      'Who you are here, and what you may do (当前用户). Without any role, too: then there are no grants, and an administrator can give one.',
  })
  async me(@Context() { viewer }: RequestContext): Promise<Me> {
    const { id, roles, employeeId, customerId } = viewer.identity;
    const employee = employeeId
      ? await lookupNow(this.reading, viewer).then(({ lookup }) => lookup.load('employees', employeeId))
      : null;
    const { name, email } = this.find(id) ?? {};
    const own = { grants: grantsOf(viewer), hiddenFields: hiddenFieldsOf(viewer) };
    return { id, name, email, roles: roles.filter(isAnyRole), employee, customerId, ...own };
  }

  @Allow('account.read')
  @Query(() => AccountsConnection, {
    description:
      'Everybody who comes in or once did (账号列表): employees by their e-mail, others, and machines; by id.',
  })
  accounts(
    @Args() page: PageArgs,
    @Args('filter', { type: () => AccountsFilter, nullable: true, description: 'Only those …; absent: all.' })
    filter: AccountsFilter | null,
  ) {
    const wanted = validated(AccountsFilter, filter ?? {});
    const found = this.identities.accounts().filter(account => matches(account, wanted));
    return connection(
      pageOfRows(found, byId, sliceOf(page)),
      account => account,
      () => found.length,
    );
  }

  @Allow('account.read')
  @Query(() => Account, { nullable: true, description: 'The account of this id (账号); null if there is none.' })
  account(
    @Args('id', { type: () => ID, description: 'The employee’s id, or the account’s.' }) id: string,
  ): Account | null {
    return this.find(id) ?? null;
  }

  private find(id: string): Account | undefined {
    return this.identities.accounts().find(account => account.id === id);
  }
}
