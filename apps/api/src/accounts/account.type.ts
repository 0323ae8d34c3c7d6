import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { AnyRole } from '#crm/roles.js';
import { Flag, Id, OneOf, Text } from '#platform/graphql/fields.js';

@ObjectType({ description: 'Somebody, or something, that comes in with a token (账号).' })
export class Account {
  @Field(() => ID, { description: 'The employee’s id, or the account’s (编号): events name it as the actor.' })
  id: string;

  @Field(() => String, { description: 'Name (名称).' })
  name: string;

  @Field(() => String, { nullable: true, description: 'The e-mail that its tokens bear.' })
  email?: string;

  @Field(() => String, { nullable: true, description: 'The subject that its tokens bear (`sub`).' })
  subject?: string;

  @Field(() => [AnyRole], { description: 'What it may be (角色); none: it may do nothing yet.' })
  roles: readonly AnyRole[];

  @Field(() => ID, { nullable: true, description: 'The employee (员工) whose it is.' })
  employeeId?: string;

  @Field(() => ID, { nullable: true, description: 'The customer (客户) whose records an external user sees.' })
  customerId?: string;

  @Field(() => Boolean, {
    description: 'Whether its tokens are accepted today (有效): not of who has left, nor of a closed account.',
  })
  active: boolean;
}

@InputType({ description: 'Which accounts (筛选): all given conditions hold.' })
export class AccountsFilter {
  @OneOf(AnyRole, 'With this role (角色), perhaps among others.', { optional: true }) role?: AnyRole;
  @Flag('Whether their tokens are accepted today (有效).', { optional: true }) active?: boolean;
  @Flag('Of employees (员工), or of all others.', { optional: true }) employees?: boolean;
  @Id('Of this customer (客户).', { optional: true }) customerId?: string;
  @Text('Part of the name or the e-mail (搜索).', { optional: true, max: 100 }) search?: string;
}
