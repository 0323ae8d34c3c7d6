import { randomBytes, randomUUID } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Account, enters } from './account.js';
import { run } from './run.js';
import { ACCESS_FILE } from './settings.js';
import { reasonIn } from './trouble.js';

/** Where a cluster lies and who runs it. */
export type Cluster = { readonly path: string; readonly account?: Account };

/** How the Postgres programs are told about the cluster: their working folder, and the argument of -D. */
export type Place = { readonly cwd: string; readonly data: string; readonly account?: Account };

const PASSWORD = 'chronicle.password';
const INITDB =
  '-U postgres -E UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 --auth=reject --no-instructions';

/**
 * The place of a cluster. Below /root the server's account cannot reach it by its path, but Linux lets a process address the
 * folder it was started in, whatever lies above.
 * @throws Error where the system has no such way.
 */
export function placeOf({ path, account }: Cluster): Place {
  const reachable = enters(account, path);
  if (reachable || process.platform === 'linux')
    return { cwd: path, data: reachable ? path : '/proc/self/cwd', account };
  throw new Error(
    `Postgres cannot run as root, and the user it runs under cannot enter ${path}. Set DATA_DIR to a folder that other users can reach, or start as an ordinary user.`,
  );
}

/** The password of the role `chronicle`; readable for the owner of the cluster alone. */
export function passwordOf({ path }: Cluster): string {
  return readFileSync(join(path, PASSWORD), 'utf8');
}

/**
 * Makes the cluster with its role and its database, in a folder that gets its name when all is done: whatever interrupts it,
 * there is a whole cluster or none. Call it under the lock.
 */
export async function createCluster(binaries: string, folder: string, { path, account }: Cluster): Promise<void> {
  for (const name of readdirSync(folder).filter(name => name.startsWith('unfinished-'))) {
    // initdb outlives a starter that was killed, and may still be writing while we delete.
    rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
  const unfinished = join(folder, `unfinished-${randomUUID()}`);
  mkdirSync(unfinished, { mode: 0o700 });
  if (account) chownSync(unfinished, account.uid, account.gid);
  try {
    await fill(binaries, { path: unfinished, account });
    renameSync(unfinished, path);
  } catch (error) {
    if (existsSync(unfinished)) rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function fill(binaries: string, cluster: Cluster): Promise<void> {
  const { data, ...where } = placeOf(cluster);
  const password = randomBytes(24).toString('base64url');
  const made = await run(join(binaries, 'initdb'), ['-D', data, ...INITDB.split(' ')], where);
  if (made.code !== 0) throw new Error(`initdb could not make the database: ${reasonIn(made.output)}`);
  writeFor(cluster, PASSWORD, password);
  writeFor(cluster, 'pg_hba.conf', ACCESS_FILE);
  // In single-user mode each line is a statement; nobody can connect before the role and the database are there.
  const input = [
    `CREATE ROLE chronicle LOGIN CREATEDB PASSWORD '${password}'`,
    'GRANT pg_monitor TO chronicle',
    'CREATE DATABASE chronicle OWNER chronicle',
    '',
  ].join('\n');
  const args = ['--single', '-c', 'exit_on_error=on', '-c', 'log_checkpoints=off', '-D', data, 'template1'];
  const filled = await run(join(binaries, 'postgres'), args, { ...where, input });
  if (filled.code !== 0) throw new Error(`Postgres could not make the database: ${reasonIn(filled.output)}`);
}

/** Writes a file of the cluster that only its owner can read. */
export function writeFor({ path, account }: Cluster, name: string, text: string): void {
  writeFileSync(join(path, name), text, { mode: 0o600 });
  if (account) chownSync(join(path, name), account.uid, account.gid);
}
