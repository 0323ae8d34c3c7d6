import 'reflect-metadata';
import { project } from '#apps/system/src/projecting.js';
import { startSealing } from '#apps/system/src/sealing.js';
import { openSystem } from '#apps/system/src/system.js';
import { aborted, untilStopped } from '#apps/system/src/until-stopped.js';
import { authenticationFrom } from '#platform/authentication/authentication.js';
import { configFrom } from '#platform/config.js';
import { boundHeap } from '#platform/heap.js';
import { demoRequest, fillWithDemo } from './demo.js';
import { listen } from './listen.js';
import { maxLagFrom } from './readiness.js';
import { welcome } from './welcome.js';

async function main(): Promise<void> {
  boundHeap();
  const demo = demoRequest(process.argv.slice(2));
  const maxLagSeconds = maxLagFrom(process.env);
  const stopped = untilStopped();
  // Who starts it at a terminal wants to read what to try next; a log collector wants everything.
  const LOG_LEVEL = process.stderr.isTTY ? 'warn' : 'info';
  const config = configFrom({ LOG_LEVEL, ...process.env });
  authenticationFrom(config); // refused before anything is started
  const system = await openSystem(config);
  if (demo) await fillWithDemo(system, demo);
  const projecting = system.config.projector ? project(system, stopped) : Promise.resolve();
  const sealing = system.config.projector ? startSealing(system) : undefined;
  const api = await listen(system, { maxLagSeconds });
  process.stdout.write(welcome(api.url, api.token, demo !== undefined));
  await aborted(stopped);
  await api.close();
  await projecting;
  await sealing?.stop();
  await system.close();
}

main().catch(error => {
  process.stderr.write(`Chronicle CRM could not start: ${error.message}\n`);
  process.exit(1);
});
