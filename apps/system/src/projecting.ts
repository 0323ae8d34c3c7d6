import { setMaxListeners } from 'node:events';
import { policies } from '#crm/policies/policies.js';
import { runPolicy } from '#crm/policies/run-policy.js';
import { runProjections } from '#projections/projector.js';
import { runReactor } from '#projections/reactor.js';
import { projections } from '#read-models/read-models.js';
import type { System } from './system.js';

/** Keeps the read models up to date and lets the policies act, until aborted. Several processes may do so: one owns, the others stand by. */
export async function project({ store, database, executor, config, log }: System, signal: AbortSignal): Promise<void> {
  // Each projection and policy listens to it; Node takes more than ten listeners for a leak.
  setMaxListeners(0, signal);
  const common = { store, database, log, signal };
  await Promise.all([
    runProjections({
      ...common,
      projections,
      timeZone: config.businessTimezone,
      manualSwap: config.manualSwap,
    }),
    ...policies.map(policy =>
      runReactor({
        ...common,
        name: policy.name,
        types: policy.types,
        handle: event => runPolicy(policy, event, executor, log),
      }),
    ),
  ]);
}
