import type { Privacy } from '#event-sourcing/privacy.js';
import type { TaskEvents } from './task.events.js';

/** The customer's whom it is done for, otherwise of the employee who does it. */
const about = ['customerId', 'assigneeId'] as const;

export const taskPrivacy: Privacy<TaskEvents> = {
  TaskAssigned: { about, personal: ['title'] },
  TaskReassigned: { about, personal: [] },
  TaskAccepted: { about, personal: [] },
  TaskCompleted: { about, personal: ['result'] },
  TaskCancelled: { about, personal: ['reason'] },
};
