import { type Decider, once } from '#event-sourcing/decider.js';
import type { Day } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { EmployeeFacts, OpportunityFacts } from '../facts.js';
import { mustBeEmployed, mustBeOfCustomer } from '../rules.js';
import * as commands from './task.commands.js';
import type { TaskEvents } from './task.events.js';

interface Task {
  readonly assigned?: TaskEvents['TaskAssigned'];
  /** Who has it now. */
  readonly assigneeId: string;
  readonly status: 'assigned' | 'accepted' | 'completed' | 'cancelled';
}

type Related = { assigneeId: EmployeeFacts; opportunityId: OpportunityFacts };

/** A task that was completed or cancelled is closed; only what repeats its end is accepted. */
function mustBeOpen({ status }: Task): void {
  if (status === 'completed') throw refuse('TASK_COMPLETED', 'The task was completed already.');
  if (status === 'cancelled') throw refuse('TASK_CANCELLED', 'The task was cancelled.');
}

function accept(taskId: string, { assigned, assigneeId }: Task, acceptedOn: Day) {
  return { type: 'TaskAccepted', data: { taskId, customerId: assigned!.customerId, assigneeId, acceptedOn } } as const;
}

/** The task (任务). */
export const task: Decider<Task, TaskEvents, typeof commands, Related> = {
  stream: 'task',
  commands,
  initial: { assigneeId: '', status: 'assigned' },

  decide: {
    AssignTask: (command, state, { id, occurredOn, related }) => {
      const { title, assigneeId, assignedById, opportunityId, dueOn } = command;
      const customerId = command.customerId ?? related.opportunityId?.customerId;
      mustBeOfCustomer(customerId, related.opportunityId, 'opportunityId');
      if (!state.assigned) mustBeEmployed(related.assigneeId, occurredOn, 'assigneeId');
      const data = { taskId: id, title, assigneeId, assignedById, customerId, opportunityId, dueOn };
      return once(state.assigned, { type: 'TaskAssigned', data });
    },
    ReassignTask: ({ taskId, assigneeId }, state, { occurredOn, related }) => {
      if (state.assigneeId === assigneeId) return [];
      mustBeOpen(state);
      mustBeEmployed(related.assigneeId, occurredOn, 'assigneeId');
      const { customerId } = state.assigned!;
      return [
        { type: 'TaskReassigned', data: { taskId, customerId, assigneeId, previousAssigneeId: state.assigneeId } },
      ];
    },
    AcceptTask: ({ taskId }, state, { occurredOn }) => {
      if (state.status === 'accepted' || state.status === 'completed') return [];
      mustBeOpen(state);
      return [accept(taskId, state, occurredOn)];
    },
    CompleteTask: ({ taskId, result }, state, { occurredOn: completedOn }) => {
      if (state.status === 'completed') return [];
      mustBeOpen(state);
      const { customerId, dueOn } = state.assigned!;
      const onTime = !dueOn || completedOn <= dueOn;
      const data = { taskId, customerId, assigneeId: state.assigneeId, result, completedOn, onTime };
      const completed = { type: 'TaskCompleted', data } as const;
      return state.status === 'accepted' ? [completed] : [accept(taskId, state, completedOn), completed];
    },
    CancelTask: ({ taskId, reason }, state) => {
      if (state.status === 'cancelled') return [];
      mustBeOpen(state);
      const { customerId } = state.assigned!;
      return [{ type: 'TaskCancelled', data: { taskId, customerId, assigneeId: state.assigneeId, reason } }];
    },
  },

  evolve: {
    TaskAssigned: (_, data) => ({ assigned: data, assigneeId: data.assigneeId, status: 'assigned' }),
    TaskReassigned: (state, { assigneeId }) => ({ ...state, assigneeId, status: 'assigned' }),
    TaskAccepted: state => ({ ...state, status: 'accepted' }),
    TaskCompleted: state => ({ ...state, status: 'completed' }),
    TaskCancelled: state => ({ ...state, status: 'cancelled' }),
  },

  belongsTo: ({ assigned, assigneeId }) => ({ ownerId: assigneeId, customerId: assigned?.customerId }),
};
