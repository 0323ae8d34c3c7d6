import { ObjectType, registerEnumType } from '@nestjs/graphql';
import { DirectoryRecord, shown } from '../list/shown.js';

export const LeadStatus = {
  NEW: 'NEW',
  QUALIFIED: 'QUALIFIED',
  DISQUALIFIED: 'DISQUALIFIED',
  CONVERTED: 'CONVERTED',
} as const;
registerEnumType(LeadStatus, {
  name: 'LeadStatus',
  description: 'What became of a lead (线索状态).',
  valuesMap: {
    NEW: { description: 'Captured (新线索).' },
    QUALIFIED: { description: 'Worth a salesperson’s time (已确认).' },
    DISQUALIFIED: { description: 'Given up (已作废).' },
    CONVERTED: { description: 'A customer with an opportunity now (已转化).' },
  },
});

@ObjectType({ description: 'A lead (线索): somebody who may become a customer.' })
export class Lead extends DirectoryRecord {
  @shown.id('Its id in the system it was imported from.') externalId: string | null;
  @shown.text('The person or company (名称).', { always: true }) name: string;
  @shown.text('The company (公司), if the name is a person’s.') company: string | null;
  @shown.text('E-mail.') email: string | null;
  @shown.text('Telephone.') phone: string | null;
  @shown.text('Where it came from (来源).') source: string | null;
  @shown.text('Region (区域).') region: string | null;
  @shown.enum(() => LeadStatus, 'What became of it (状态).') status: keyof typeof LeadStatus;
  @shown.count('How promising it is, 0–100 (意向度).') score: number | null;
  @shown.text('Why it was given up (作废原因).') reason: string | null;
  @shown.day('The business day on which it was captured (录入日期).', { always: true }) capturedOn: string;
  @shown.day('When it was converted or given up.') closedOn: string | null;
}
