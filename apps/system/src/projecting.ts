import { setMaxListeners } from 'node:events';
import { policies } from '#crm/policies/policies.js';
import type { Policy } from '#crm/policies/policy.js';
import { runPolicy } from '#crm/policies/run-policy.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { withCorrelation } from '#platform/correlation.js';
import { runProjections } from '#projections/projector.js';
import { runReactor } from '#projections/reactor.js';
import { projections } from '#read-models/read-models.js';
import { Eraser } from './eraser.js';
import type { System } from './system.js';

/** Keeps the read models up to date and lets the policies act, until aborted. Several processes may do so: one owns, the others stand by. */
export async function project(system: System, signal: AbortSignal): Promise<void> {
  const { store, database, config, log } = system;
  // Each projection and policy listens to it; Node takes more than ten listeners for a leak.
  setMaxListeners(0, signal);
  const eraser = new Eraser(system);
  const repeating = eraser
    .repeat()
    .catch(error => log.error({ error }, 'Keys that were destroyed may have come back.'));
  const common = { store, database, log, signal };
  await Promise.all([
    repeating,
    runProjections({
      ...common,
      projections,
      timeZone: config.businessTimezone,
      manualSwap: config.manualSwap,
    }),
    runReactor({ ...common, name: 'eraser', types: ['ErasureRequested'], handle: event => eraser.handle(event) }),
    ...policies.map(policy =>
      runReactor({
        ...common,
        name: policy.name,
        types: policy.types,
        handle: event => act(system, policy, event),
      }),
    ),
  ]);
}

/** In the conversation and the trace that the event comes from. */
function act({ executor, log, tracing }: System, policy: Policy, event: RecordedEvent): Promise<void> {
  const { $correlationId, traceparent: parent } = event.metadata;
  const run = () => withCorrelation($correlationId, () => runPolicy(policy, event, executor, log));
  return tracing ? tracing.span(`policy ${policy.name}`, { kind: 'CONSUMER', parent }, run) : run();
}
