import { ObjectType, registerEnumType } from '@nestjs/graphql';
import { DirectoryRecord, shown } from '../list/shown.js';

export const TaskStatus = {
  ASSIGNED: 'ASSIGNED',
  ACCEPTED: 'ACCEPTED',
  COMPLETED: 'COMPLETED',
  CANCELLED: 'CANCELLED',
} as const;
registerEnumType(TaskStatus, {
  name: 'TaskStatus',
  description: 'How a task stands (任务状态).',
  valuesMap: {
    ASSIGNED: { description: 'Given to somebody (已分派).' },
    ACCEPTED: { description: 'Accepted (已接受).' },
    COMPLETED: { description: 'Done (已完成).' },
    CANCELLED: { description: 'Not needed any more (已取消).' },
  },
});

@ObjectType({ description: 'A task (任务).' })
export class Task extends DirectoryRecord {
  @shown.text('What is to be done (标题).', { always: true }) title: string;
  @shown.enum(() => TaskStatus, 'How it stands (状态).') status: keyof typeof TaskStatus;
  @shown.day('When it was given out (分派日期).', { always: true }) assignedOn: string;
  @shown.day('When it is due (截止日期).') dueOn: string | null;
  @shown.flag('Whether it is past due and not done (逾期).', { always: true }) overdue: boolean;
  @shown.day('When it was accepted (接受日期).') acceptedOn: string | null;
  @shown.day('When it was done (完成日期).') completedOn: string | null;
  @shown.flag('Whether it was done in time (按时完成).') onTime: boolean | null;
  @shown.text('What came of it (结果).') result: string | null;
  @shown.text('Why it was cancelled (取消原因).') reason: string | null;
}
