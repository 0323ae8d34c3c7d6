import { openSystem, type System } from '#apps/system/src/system.js';
import { configFrom } from '#platform/config.js';

/** Runs `work` on an opened system and closes it afterwards, whether the API runs beside it or not. */
export async function withSystem<Result>(work: (system: System) => Promise<Result>): Promise<Result> {
  const system = await openSystem(configFrom({ LOG_LEVEL: 'warn', ...process.env }));
  try {
    return await work(system);
  } finally {
    await system.close();
  }
}
