import { funnel } from '#read-models/funnel/funnel.projection.js';
import { projections } from '#read-models/read-models.js';
import { median } from '../figures.js';
import type { Finding } from '../finding.js';
import type { Surroundings } from '../surroundings.js';
import { onFilledLog, rebuilds } from './filled.js';

/** Rebuilds all read models from one reading of the log. */
export const benchTogether = (surroundings: Surroundings): Promise<Finding[]> =>
  onFilledLog(surroundings, async filled => {
    const alone = median((await rebuilds(filled, [funnel])).seconds);
    const { seconds } = await rebuilds(filled, projections);
    return [
      {
        what: `rebuild of all ${projections.length} read models together, against the funnel alone`,
        configured: 'The time until the last one is swapped in, each compared with the one that it replaces.',
        unit: 'times',
        values: seconds.map(one => one / alone),
        goal: 4,
        baselines: [],
      },
    ];
  });
