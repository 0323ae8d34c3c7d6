import type { System } from '#apps/system/src/system.js';
import { rebuildTogether } from '#projections/rebuild.js';
import { directory } from '#read-models/directory/directory.projection.js';
import { funnel } from '#read-models/funnel/funnel.projection.js';
import { organisation } from '#read-models/organisation/organisation.projection.js';
import { rfm } from '#read-models/rfm/rfm.projection.js';
import { salesDaily } from '#read-models/sales-daily/sales-daily.projection.js';
import { fillLog } from './fill.js';

/** The default pipeline is defined wherever a system is opened. */
const OF_A_NEW_SYSTEM = 1n;

/** What the questions are asked of. */
const ASKED = [organisation, directory, funnel, salesDaily, rfm];

/** Fills a new log and builds the read models from it, all with one reading; what an earlier run has prepared stays. */
export async function prepared({ store, database, config }: System, opportunities: number): Promise<void> {
  if ((await store.head()) <= OF_A_NEW_SYSTEM) await fillLog(database, opportunities);
  const { rows } = await database.pool.query<{ name: string; version: number }>(
    `select name, version from projections.generations where slot = 'live' and position > 0`,
  );
  const missing = ASKED.filter(
    ({ name, version }) => !rows.some(live => live.name === name && live.version === version),
  );
  if (!missing.length) return;
  const log = { info: () => undefined, warn: console.error, error: console.error };
  await Promise.all(rebuildTogether({ store, database, projections: missing, timeZone: config.businessTimezone, log }));
  await database.pool.query('vacuum analyze');
}
