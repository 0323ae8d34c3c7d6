import type { Day } from '#event-sourcing/event.js';

/** Stored for ever: never rename or retype; add an event, or add an upcaster. */
export type TaskEvents = {
  TaskAssigned: {
    taskId: string;
    title: string;
    assigneeId: string;
    assignedById?: string;
    customerId?: string;
    opportunityId?: string;
    dueOn?: Day;
  };
  TaskReassigned: { taskId: string; customerId?: string; assigneeId: string; previousAssigneeId: string };
  TaskAccepted: { taskId: string; customerId?: string; assigneeId: string; acceptedOn: Day };
  TaskCompleted: {
    taskId: string;
    customerId?: string;
    assigneeId: string;
    result?: string;
    completedOn: Day;
    onTime: boolean;
  };
  TaskCancelled: { taskId: string; customerId?: string; assigneeId: string; reason: string };
};
