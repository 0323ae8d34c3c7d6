import { refuse } from '#event-sourcing/refusal.js';
import { Follower } from './follower.js';
import { owningBuild } from './owning-build.js';
import { planOf } from './plan.js';
import type { RebuildOptions } from './rebuild.js';
import { swap } from './rebuilding.js';
import { claim, findGeneration } from './registry.js';

export type SwapOptions = Pick<RebuildOptions, 'store' | 'database' | 'projection' | 'timeZone' | 'log' | 'signal'>;

/**
 * Makes the tables live that a rebuild has left beside them, after bringing them up to date; what was live can be swapped back.
 * @throws Refusal NOT_FOUND when none wait, CONFLICT when they are another program's; BeingRebuilt; FoldFailure at an event that
 * came since and that they cannot fold.
 */
export async function swapForward(options: SwapOptions): Promise<void> {
  const { database, projection, timeZone, log } = options;
  const { name, version } = projection;
  await owningBuild(database, name, log, async () => {
    const waiting = await findGeneration(database.pool, name, 'next');
    if (!waiting?.ready) throw refuse('NOT_FOUND', `No tables of ${name} wait to be swapped; rebuild it first.`);
    if (waiting.version !== version || waiting.timeZone !== timeZone)
      throw refuse(
        'CONFLICT',
        `The tables of ${name} that wait are version ${waiting.version} in ${waiting.timeZone}, not ${version} in ${timeZone}; rebuild it first.`,
      );
    const live = (await findGeneration(database.pool, name, 'live'))!;
    const next = (await claim(database.pool, name, 'next'))!;
    await swap(options, await Follower.open(database, planOf(projection), next, log, true), live);
  });
}
