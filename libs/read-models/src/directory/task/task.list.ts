import { sql } from 'kysely';
import { days, flag, ids, oneOf, search } from '../list/filters.js';
import { list } from '../list/list.js';
import { customer, employee, opportunity } from '../references.js';
import { tasks as table } from './task.rows.js';
import { Task, TaskStatus } from './task.type.js';

const OPEN: readonly string[] = [TaskStatus.ASSIGNED, TaskStatus.ACCEPTED];

export const tasks = list({
  name: 'tasks',
  resource: 'task',
  one: 'task',
  description: 'Tasks (任务), newest first unless sorted otherwise.',
  table,
  node: Task,
  show: ({ status, dueOn }, { today }) => ({ overdue: OPEN.includes(status) && dueOn !== null && dueOn < today }),
  filters: {
    ids: ids('taskId', 'Their ids.'),
    status: oneOf('status', TaskStatus, 'How they stand (状态).'),
    assigneeId: ids('assigneeId', 'Who has them (执行人).'),
    assignedById: ids('assignedById', 'Who gave them out (分派人).'),
    customerId: ids('customerId', 'Customers (客户).'),
    opportunityId: ids('opportunityId', 'Opportunities (商机).'),
    assignedOn: days('assignedOn', 'When they were given out (分派日期).'),
    dueOn: days('dueOn', 'When they are due (截止日期).'),
    completedOn: days('completedOn', 'When they were done (完成日期).'),
    overdue: flag(
      ['status', 'dueOn'],
      'Whether they are past due and not done (逾期).',
      today => sql`status = any(${OPEN}::text[]) and due_on < ${today}::date`,
    ),
    search: search(['title']),
  },
  sorts: {
    DUE_ON: ['dueOn', 'When it is due (截止日期).'],
    ASSIGNED_ON: ['assignedOn', 'When it was given out (分派日期).'],
    COMPLETED_ON: ['completedOn', 'When it was done (完成日期).'],
  },
  references: {
    assignee: employee('assigneeId', 'Who has it (执行人).'),
    assignedBy: employee('assignedById', 'Who gave it out (分派人).'),
    customer: customer('customerId', 'Whom it is about (客户).'),
    opportunity: opportunity('opportunityId', 'What it is about (商机).'),
  },
});
