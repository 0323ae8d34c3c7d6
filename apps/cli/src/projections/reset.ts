import { configFrom } from '#platform/config.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/embedded-postgres.js';
import { openDatabase } from '#projections/database.js';
import { dropReadModels } from '#projections/reset.js';

/** Drops all read models. Opens their database alone: a system would refuse read models that belong to another log. */
export async function reset(): Promise<void> {
  const config = configFrom(process.env);
  const embedded = config.databaseUrl ? undefined : await startEmbeddedPostgres(config);
  try {
    const database = openDatabase(config.databaseUrl ?? embedded!.url);
    try {
      const dropped = await dropReadModels(database);
      process.stdout.write(`${dropped.length} read models were dropped; the next start builds them from the log.\n`);
    } finally {
      await database.close();
    }
  } finally {
    await embedded?.stop();
  }
}
