import { Field, ObjectType } from '@nestjs/graphql';
import { lazily } from '../../shared/lazily.js';
import { DirectoryRecord, shown } from '../list/shown.js';

@ObjectType({ description: 'An employee (员工), at today’s place in the organisation.' })
export class Employee extends DirectoryRecord {
  @shown.id('Its id in the system it was imported from.') externalId: string | null;
  @shown.text('Name (姓名).', { always: true }) name: string;
  @shown.text('E-mail.') email: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Region (区域): the employee’s own, otherwise the team’s.',
    middleware: [lazily],
  })
  region: string | null;

  @shown.day('First day (入职日期).') hiredOn: string | null;
  @shown.day('Last day (离职日期).') dismissedOn: string | null;
}
