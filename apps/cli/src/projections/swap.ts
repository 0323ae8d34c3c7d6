import { projectionNamed } from '#apps/system/src/named-projections.js';
import type { System } from '#apps/system/src/system.js';
import { swapBack } from '#projections/swap.js';
import { swapForward } from '#projections/swap-forward.js';

/** Makes the tables live that wait beside the live ones, or those again that were live before. */
export async function swap({ store, database, config, log }: System, name: string, back: boolean): Promise<void> {
  const projection = projectionNamed(name);
  if (back) await swapBack(database, name);
  else await swapForward({ store, database, projection, timeZone: config.businessTimezone, log });
  process.stdout.write(`${name}: ${back ? 'what was live before' : 'what was built'} is live now.\n`);
}
