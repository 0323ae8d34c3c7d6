import { ObjectType } from '@nestjs/graphql';
import { DirectoryRecord, shown } from '../list/shown.js';

@ObjectType({ description: 'A team (团队).' })
export class Team extends DirectoryRecord {
  @shown.id('Its id in the system it was imported from.') externalId: string | null;
  @shown.text('Name (名称).', { always: true }) name: string;
  @shown.text('Region (区域).') region: string | null;
}
