import type { AnyDecider } from '#event-sourcing/decider.js';
import type { Attempt } from './attempt.js';
import { notFound } from './refusals.js';
import type { StreamState, StreamStates } from './stream-states.js';

/** What a decision is told of the records that its command refers to, by the name of the referring field. */
export type Related = Readonly<Record<string, unknown>>;

/** What commands refer to, looked up in the states of its streams. */
export class References {
  constructor(
    private readonly states: StreamStates,
    private readonly deciders: ReadonlyMap<string, AnyDecider>,
  ) {}

  /**
   * Public facts as they were at `since` (of `performance.now()`) or later.
   * @throws Refusal NOT_FOUND for a record that does not exist, or that the sender may not know of.
   */
  async of({ command, definition, authorization }: Attempt, since: number): Promise<Related> {
    const related: Record<string, unknown> = {};
    for (const [field, { stream: kind, default: otherwise }] of definition.references) {
      const id = command[field] ?? otherwise;
      if (typeof id !== 'string') continue;
      const decider = this.deciders.get(kind)!;
      const stream = `${kind}-${id}`;
      const visible = ({ state }: StreamState) => authorization.sees(decider, state);
      let found = await this.states.asOf(since, decider, stream);
      if (found.revision === 'noStream') throw notFound(kind, id, field);
      if (!(await visible(found))) {
        found = await this.states.refresh(decider, stream); // it may have been handed over elsewhere
        if (!(await visible(found))) throw notFound(kind, id, field);
      }
      related[field] = decider.facts?.(found.state);
    }
    return related;
  }
}
