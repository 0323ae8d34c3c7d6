import type { Config } from '#platform/config.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/embedded-postgres.js';
import { openDatabase } from '#projections/database.js';
import type { Log } from '#projections/log.js';
import { AccessLog } from '#read-models/access-log/access-log.js';
import { createAccessLog } from '#read-models/access-log/access-log.schema.js';

/** The access log alone, for what works on the log without the read models. */
export async function openAccessLog(
  config: Config,
  log: Log,
): Promise<{ accessLog: AccessLog; close(): Promise<void> }> {
  const embedded = config.databaseUrl ? undefined : await startEmbeddedPostgres(config);
  const database = openDatabase(config.databaseUrl ?? embedded!.url, { max: 2 });
  const close = async () => {
    await database.close();
    await embedded?.stop();
  };
  try {
    await createAccessLog(database.pool);
    const accessLog = new AccessLog(database, { days: config.accessLogDays, log });
    return {
      accessLog,
      close: async () => {
        await accessLog.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
