import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { AnyRole } from '#crm/roles.js';
import { guardedFields, permissions, type Resource, type Scope, widestScope } from '#platform/access/permissions.js';
import type { Viewer } from '#platform/access/viewer.js';
import { Employee } from '#read-models/directory/employee/employee.type.js';

const Scopes = { OWN: 'own', TEAM: 'team', REGION: 'region', ALL: 'all' } as const satisfies Record<string, Scope>;
registerEnumType(Scopes, {
  name: 'Scope',
  description: 'Whose records a permission reaches (数据范围); docs/permissions.md says it exactly.',
  valuesMap: {
    OWN: { description: 'The own ones (本人).' },
    TEAM: { description: 'And those of the own or led teams, and of nobody (团队).' },
    REGION: { description: 'And those of the region, and of nobody (区域).' },
    ALL: { description: 'Everything (全部).' },
  },
});

@ObjectType({ description: 'Something that you may do (权限), and with whose records.' })
export class Grant {
  @Field(() => String, { description: 'Resource and action: `lead.qualify`.' })
  permission: string;

  @Field(() => Scopes, { description: 'With whose records (数据范围).' })
  scope: Scope;
}

@ObjectType({ description: 'Who you are here, and what you may do (当前用户).' })
export class Me {
  @Field(() => ID, { description: 'Your id (编号): events name it as the actor.' })
  id: string;

  @Field(() => String, { nullable: true, description: 'Your name (姓名).' })
  name?: string;

  @Field(() => String, { nullable: true, description: 'The e-mail that your tokens bear.' })
  email?: string;

  @Field(() => [AnyRole], { description: 'Your roles (角色), as far as your token asks for them.' })
  roles: readonly AnyRole[];

  @Field(() => Employee, { nullable: true, description: 'You as an employee (员工), with today’s team and region.' })
  employee: object | null;

  @Field(() => ID, { nullable: true, description: 'The customer (客户) whose records you see as an external user.' })
  customerId?: string;

  @Field(() => [Grant], { description: 'All that you may do (权限).' })
  grants: readonly Grant[];

  @Field(() => [String], {
    description: 'Fields that are kept from you although you see their records (隐藏字段): `interaction.content`.',
  })
  hiddenFields: readonly string[];
}

/** What somebody may do, in the order of the table. */
export function grantsOf({ identity: { roles } }: Viewer): Grant[] {
  return permissions.flatMap(permission => {
    const scope = widestScope(roles, permission);
    return scope ? [{ permission, scope }] : [];
  });
}

/** The guarded fields of records that somebody reads without seeing these. */
export function hiddenFieldsOf(viewer: Viewer): string[] {
  return (Object.keys(guardedFields) as Resource[])
    .filter(resource => viewer.may(`${resource}.read` as never))
    .flatMap(resource => viewer.fieldsHidden(resource).map(field => `${resource}.${field}`));
}
