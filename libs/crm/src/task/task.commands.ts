import { Command, Envelope, NewId, Reference } from '#platform/graphql/command.js';
import { DayField, Id, LongText, Text } from '#platform/graphql/fields.js';

@Command('Assign a task (任务分派).', { allow: 'task.assign' })
export class AssignTask extends Envelope {
  @NewId('The task.') taskId?: string;
  @Text('What is to be done (任务).') title: string;
  @Reference('employee', 'Who is to do it (执行人).') assigneeId: string;
  @Reference('employee', 'Who wants it done (分派人).', { optional: true }) assignedById?: string;
  @Reference('customer', 'The customer (客户) that it is about; default the opportunity’s.', { optional: true })
  customerId?: string;
  @Reference('opportunity', 'The opportunity (商机) that it is about.', { optional: true }) opportunityId?: string;
  @DayField('The last day on which it is on time (截止日期).', { optional: true }) dueOn?: string;
}

@Command('Give a task to somebody else (任务转派), who has to accept it anew.', { allow: 'task.reassign' })
export class ReassignTask extends Envelope {
  @Id('The task.') taskId: string;
  @Reference('employee', 'Who is to do it now (执行人).') assigneeId: string;
}

@Command('Accept a task (接受任务).', { allow: 'task.accept' })
export class AcceptTask extends Envelope {
  @Id('The task.') taskId: string;
}

@Command('Complete a task (完成任务); accepts it first if nobody did.', { allow: 'task.complete' })
export class CompleteTask extends Envelope {
  @Id('The task.') taskId: string;
  @LongText('What came of it (结果).', { optional: true }) result?: string;
}

@Command('Cancel a task (取消任务). A reason is required.', { allow: 'task.cancel' })
export class CancelTask extends Envelope {
  @Id('The task.') taskId: string;
  @Text('Why (原因).', { max: 1000 }) declare reason: string;
}
