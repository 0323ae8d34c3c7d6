import { project } from '#apps/system/src/projecting.js';
import { startSealing } from '#apps/system/src/sealing.js';
import { openSystem } from '#apps/system/src/system.js';
import { untilStopped } from '#apps/system/src/until-stopped.js';
import { configFrom } from '#platform/config.js';
import { boundHeap } from '#platform/heap.js';

/** The projector alone, for deployments that scale it apart from the API. */
boundHeap();
const stopped = untilStopped();
const system = await openSystem(configFrom(process.env));
system.log.info('projecting');
const sealing = startSealing(system);
await project(system, stopped);
await sealing.stop();
await system.close();
