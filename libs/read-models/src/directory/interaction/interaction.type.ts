import { ObjectType } from '@nestjs/graphql';
import { DirectoryRecord, shown } from '../list/shown.js';

@ObjectType({ description: 'A contact with a customer (联系记录): a visit, a call …' })
export class Interaction extends DirectoryRecord {
  @shown.id('Its id in the system it was imported from.') externalId: string | null;
  @shown.text('How one was in touch (联系方式): VISIT, CALL, EMAIL, MEETING, MESSAGE, OTHER.', { always: true })
  kind: string;
  @shown.text('What it was about (内容).') content: string | null;
  @shown.text('What came of it (结果).') result: string | null;
  @shown.day('When it happened (日期).', { always: true }) happenedOn: string;
}
