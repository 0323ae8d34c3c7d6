import { describe, it } from '@jest/globals';
import { given } from '#event-sourcing/given.js';
import { task } from './task.decider.js';

const assigned = {
  type: 'TaskAssigned',
  data: {
    taskId: 't1',
    title: '准备报价',
    assigneeId: 'li',
    assignedById: 'wu',
    customerId: 'c1',
    opportunityId: 'o1',
    dueOn: '2026-03-02',
  },
} as const;
const of = { taskId: 't1', customerId: 'c1', assigneeId: 'li' };
const accepted = { type: 'TaskAccepted', data: { ...of, acceptedOn: '2026-03-02' } } as const;
const completed = {
  type: 'TaskCompleted',
  data: { ...of, result: '已发送', completedOn: '2026-03-02', onTime: true },
} as const;
const cancelled = { type: 'TaskCancelled', data: { ...of, reason: '客户放弃' } } as const;
const t1 = { taskId: 't1' };
const left = { assigneeId: { name: '赵云', dismissedOn: '2026-01-01' } };

describe('a task', () => {
  it('is assigned, for the customer of its opportunity', () => {
    const { customerId: _, ...command } = assigned.data;
    const related = { opportunityId: { customerId: 'c1' } };
    given(task).when('AssignTask', command, { id: 't1', related }).then(assigned);
    given(task)
      .when('AssignTask', { ...command, customerId: 'c2' }, { id: 't1', related })
      .thenRefused('OTHER_CUSTOMER');
  });

  it('is assigned once', () => {
    given(task, assigned).when('AssignTask', assigned.data, { id: 't1' }).then();
    given(task, assigned)
      .when('AssignTask', { ...assigned.data, title: '准备合同' }, { id: 't1' })
      .thenRefused('ALREADY_EXISTS');
  });

  it('is not given to somebody who has left', () => {
    given(task).when('AssignTask', assigned.data, { related: left }).thenRefused('EMPLOYEE_DISMISSED');
    given(task, assigned)
      .when('ReassignTask', { ...t1, assigneeId: 'zhao' }, { related: left })
      .thenRefused('EMPLOYEE_DISMISSED');
  });

  it('is accepted once', () => {
    given(task, assigned).when('AcceptTask', t1).then(accepted);
    given(task, assigned, accepted).when('AcceptTask', t1).then();
    given(task, assigned, accepted, completed).when('AcceptTask', t1).then();
  });

  it('goes to somebody else, who accepts it anew', () => {
    const reassigned = {
      type: 'TaskReassigned',
      data: { ...of, assigneeId: 'zhao', previousAssigneeId: 'li' },
    } as const;
    given(task, assigned, accepted)
      .when('ReassignTask', { ...t1, assigneeId: 'zhao' })
      .then(reassigned);
    given(task, assigned, accepted)
      .when('ReassignTask', { ...t1, assigneeId: 'li' })
      .then();
    given(task, assigned, accepted, reassigned)
      .when('AcceptTask', t1)
      .then({ type: 'TaskAccepted', data: { ...accepted.data, assigneeId: 'zhao' } });
  });

  it('is completed with its result, once', () => {
    given(task, assigned, accepted)
      .when('CompleteTask', { ...t1, result: '已发送' })
      .then(completed);
    given(task, assigned, accepted, completed)
      .when('CompleteTask', { ...t1, result: '又发送' })
      .then();
  });

  it('is accepted by completing it', () => {
    given(task, assigned)
      .when('CompleteTask', { ...t1, result: '已发送' })
      .then(accepted, completed);
  });

  it('is late from the day after its due day on', () => {
    const { result: _, ...data } = { ...completed.data, completedOn: '2026-03-03', onTime: false };
    given(task, assigned, accepted)
      .when('CompleteTask', t1, { occurredOn: '2026-03-03' })
      .then({ type: 'TaskCompleted', data });
  });

  it('without a due day is never late', () => {
    const { dueOn: _, ...data } = assigned.data;
    given(task, { type: 'TaskAssigned', data }, accepted)
      .when('CompleteTask', t1, { occurredOn: '2036-01-01' })
      .then({ type: 'TaskCompleted', data: { ...of, completedOn: '2036-01-01', onTime: true } });
  });

  it('is cancelled once', () => {
    given(task, assigned)
      .when('CancelTask', { ...t1, reason: '客户放弃' })
      .then(cancelled);
    given(task, assigned, cancelled)
      .when('CancelTask', { ...t1, reason: '重复' })
      .then();
  });

  it('that is done or cancelled is closed', () => {
    const done = given(task, assigned, accepted, completed);
    done.when('ReassignTask', { ...t1, assigneeId: 'zhao' }).thenRefused('TASK_COMPLETED');
    done.when('CancelTask', { ...t1, reason: '重复' }).thenRefused('TASK_COMPLETED');
    const dropped = given(task, assigned, cancelled);
    dropped.when('AcceptTask', t1).thenRefused('TASK_CANCELLED');
    dropped.when('CompleteTask', t1).thenRefused('TASK_CANCELLED');
    dropped.when('ReassignTask', { ...t1, assigneeId: 'zhao' }).thenRefused('TASK_CANCELLED');
  });
});
