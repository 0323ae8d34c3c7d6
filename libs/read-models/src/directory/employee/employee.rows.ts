import type { Day } from '#event-sourcing/event.js';
import { date, json, text } from '#event-sourcing/projection.js';
import { blank, changed, created, directory, provenance } from '../directory.js';
import { type Move, type Place, placesOf } from './places.js';

const columns = {
  externalId: text.nullable,
  name: text,
  email: text.nullable,
  hiredOn: date.nullable,
  dismissedOn: date.nullable,
  moves: json<readonly Move[]>(),
  /** Where in the organisation from which day on; today's is found at query time, because a move may lie ahead. */
  places: json<readonly Place[]>(),
  ...provenance,
};

const moved = (before: readonly Move[], move: Move) => {
  const moves = [...before, move];
  return { moves, places: placesOf(moves) };
};

const move = ({ teamId, region, managerId }: Partial<Move>, effectiveOn: Day | null): Move => ({
  effectiveOn,
  teamId,
  region,
  managerId,
});

export const employees = directory.rows('employees', {
  key: 'employeeId',
  columns,
  indexes: [
    ['name', 'employeeId'],
    ['hiredOn', 'employeeId'],
    ['createdPosition', 'employeeId'],
  ],
  on: {
    EmployeeHired: (_, event) => ({
      ...blank(columns),
      ...event.data,
      ...moved([], move(event.data, null)),
      ...created(event),
    }),
    EmployeeMoved: (row, event) =>
      changed(row, event, ({ moves }) => moved(moves, move(event.data, event.data.effectiveOn))),
    EmployeeDismissed: (row, event) => changed(row, event, { dismissedOn: event.data.dismissedOn }),
  },
});
