import { Field, ObjectType } from '@nestjs/graphql';
import { shown } from '../directory/list/shown.js';

@ObjectType({ description: 'A line of the access log (访问日志): who looked at personal data, or sent a command.' })
export class AccessEntry {
  @shown.id('Its id.', { always: true }) id: string;
  @shown.instant('When (时间).', { always: true }) at: string;
  @shown.id('Who (操作人).', { always: true }) actorId: string;
  @shown.text('In which role (角色) at that time.', { always: true }) role: string;
  @shown.id('For whom, if the actor stood in for somebody (代表).') onBehalfOf: string | null;
  @shown.text('What was done (操作): `query customer`, `mutation advanceStage`, `crm replay`.', { always: true })
  operation: string;
  @Field(() => [String], { description: 'The personal fields that were asked for (个人信息字段): `Contact.email`.' })
  fields: readonly string[];
  @shown.text('Which record or filter (查询条件), as JSON; texts that were searched for are left out.', {
    always: true,
  })
  arguments: string;
  @Field(() => [String], {
    description:
      'Ids of the records that were answered (记录编号), the first 100; of a command also those that it names.',
  })
  records: readonly string[];
  @shown.count('How many records were answered (条数); null where nobody can count them: a subscription.')
  rows: number | null;
  @shown.text('`ok`, or the code with which it was refused (结果).', { always: true }) outcome: string;
  @shown.id('The conversation that it belongs to; events of a command bear it, too.', { always: true })
  correlationId: string;
  @shown.text('The client’s address (客户端地址); null on the command line.') address: string | null;
}
