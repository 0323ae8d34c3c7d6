import { boolean, date, text } from '#event-sourcing/projection.js';
import { blank, changed, created, directory, provenance } from '../directory.js';

const columns = {
  title: text,
  assigneeId: text,
  assignedById: text.nullable,
  customerId: text.nullable,
  opportunityId: text.nullable,
  /** A `TaskStatus`. */
  status: text,
  assignedOn: date,
  dueOn: date.nullable,
  acceptedOn: date.nullable,
  completedOn: date.nullable,
  onTime: boolean.nullable,
  result: text.nullable,
  /** Why it was cancelled. */
  reason: text.nullable,
  ...provenance,
};

export const tasks = directory.rows('tasks', {
  key: 'taskId',
  columns,
  indexes: [
    ['createdPosition', 'taskId'],
    ['dueOn', 'taskId'],
    ['assignedOn', 'taskId'],
    ['completedOn', 'taskId'],
    ['assigneeId', 'createdPosition'],
    ['customerId', 'createdPosition'],
  ],
  on: {
    TaskAssigned: (_, event) => ({
      ...blank(columns),
      ...event.data,
      status: 'ASSIGNED',
      assignedOn: event.occurredOn,
      ...created(event),
    }),
    TaskReassigned: (row, event) =>
      changed(row, event, { assigneeId: event.data.assigneeId, status: 'ASSIGNED', acceptedOn: null }),
    TaskAccepted: (row, event) => changed(row, event, { status: 'ACCEPTED', acceptedOn: event.data.acceptedOn }),
    TaskCompleted: (row, event) =>
      changed(row, event, {
        status: 'COMPLETED',
        completedOn: event.data.completedOn,
        onTime: event.data.onTime,
        result: event.data.result ?? null,
      }),
    TaskCancelled: (row, event) => changed(row, event, { status: 'CANCELLED', reason: event.data.reason }),
  },
});
