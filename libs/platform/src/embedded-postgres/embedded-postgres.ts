import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { serverAccount } from './account.js';
import { binariesFor } from './binaries.js';
import { type Cluster, createCluster, passwordOf } from './cluster.js';
import { withLock } from './lock.js';
import { launch, runningPort, shutDown } from './server.js';
import { troubleWith } from './trouble.js';
import { hasUsers, register } from './users.js';

/** A Postgres that runs for us. */
export interface EmbeddedPostgres {
  /** `postgres://chronicle:…@127.0.0.1:PORT/chronicle`. The role owns the database and may create others; it is no superuser. */
  readonly url: string;
  /** Ends our use. The last user of the server stops it, so call it after the last query. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts the Postgres that lives in `<dataDir>/postgres`, or adopts it where it runs already: one server serves all processes
 * that work on one data folder, and a server whose users were all killed goes on until the next user stops it.
 * Makes it at the first start.
 * @throws Error with a sentence for people: no permission, disk full, unsupported platform, what Postgres said.
 */
export async function startEmbeddedPostgres({ dataDir }: { dataDir: string }): Promise<EmbeddedPostgres> {
  const folder = resolve(dataDir, 'postgres');
  try {
    mkdirSync(folder, { recursive: true });
    return await withLock(join(folder, 'lock'), () => use(folder));
  } catch (error) {
    throw troubleWith(folder, error);
  }
}

async function use(folder: string): Promise<EmbeddedPostgres> {
  const path = join(folder, 'cluster');
  const cluster = { path, account: serverAccount(path) };
  const running = existsSync(path) ? await runningPort(cluster) : undefined;
  const port = running ?? (await start(folder, cluster));
  const note = register(join(folder, 'users'));
  let stopped: Promise<void> | undefined;
  return {
    url: `postgres://chronicle:${passwordOf(cluster)}@127.0.0.1:${port}/chronicle`,
    stop: () => {
      stopped ??= withLock(join(folder, 'lock'), () => leave(folder, cluster, note));
      return stopped;
    },
  };
}

async function start(folder: string, cluster: Cluster): Promise<number> {
  const binaries = await binariesFor(cluster.account, folder);
  if (!existsSync(cluster.path)) await createCluster(binaries, folder, cluster);
  return launch(binaries, cluster);
}

async function leave(folder: string, cluster: Cluster, note: string): Promise<void> {
  rmSync(note, { force: true });
  if (!hasUsers(join(folder, 'users'))) await shutDown(await binariesFor(cluster.account, folder), cluster);
}
