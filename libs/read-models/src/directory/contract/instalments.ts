import type { Instalment } from '#crm/contract/contract.events.js';
import type { Day } from '#event-sourcing/event.js';

/** An instalment with what has been received for it. */
export interface FilledInstalment extends Instalment {
  readonly receivedMinor: number;
  readonly openMinor: number;
}

/** What was received for a contract fills its instalments in the order of their due days; what is too much fills none. */
export function filledInstalments(instalments: readonly Instalment[], receivedMinor: number): FilledInstalment[] {
  let left = Math.max(receivedMinor, 0);
  return instalments
    .toSorted((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0))
    .map(({ dueOn, minor }) => {
      const received = Math.min(left, minor);
      left -= received;
      return { dueOn, minor, receivedMinor: received, openMinor: minor - received };
    });
}

/** The due day of the first instalment of which something is still open: the contract is overdue once it has passed. */
export function firstOpenDueOn(instalments: readonly Instalment[], receivedMinor: number): Day | null {
  return filledInstalments(instalments, receivedMinor).find(({ openMinor }) => openMinor > 0)?.dueOn ?? null;
}
