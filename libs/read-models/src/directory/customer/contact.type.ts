import { ObjectType } from '@nestjs/graphql';
import { DirectoryRecord, shown } from '../list/shown.js';

@ObjectType({ description: 'A contact (联系人): a person at a customer.' })
export class Contact extends DirectoryRecord {
  @shown.text('Name (姓名).', { always: true }) name: string;
  @shown.text('Position there (职位).') role: string | null;
  @shown.text('E-mail.') email: string | null;
  @shown.text('Telephone.') phone: string | null;
}
