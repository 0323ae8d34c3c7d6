import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, placeOf, writeFor } from './cluster.js';
import { isRunning } from './processes.js';
import { run } from './run.js';
import { portIn, settingsFile } from './settings.js';
import { reasonIn } from './trouble.js';

const LOG = 'server.log';
/** Seconds: after a crash Postgres replays up to max_wal_size of its log before it is ready. */
const READY_WITHIN = 300;
const STOPPED_WITHIN = 60;
const ATTEMPTS = 60;
/** What goes away by itself: the port was taken after we found it free; processes of a killed server end a moment later. */
const PORT_TAKEN = /could not bind/;
const PASSING = /could not bind|still in use/;

/** The port of the cluster's running server, once it is ready; undefined when none runs. Call it under the lock. */
export async function runningPort(cluster: Cluster): Promise<number | undefined> {
  for (let waited = 0; waited < READY_WITHIN * 1000; waited += 20) {
    const server = postmaster(cluster);
    if (!server) return undefined;
    if (server.status === 'ready') return server.port;
    await delay(20); // its starter was killed before it was ready, or somebody else is stopping it
  }
  throw new Error(`The Postgres of ${cluster.path} neither gets ready nor stops; see ${join(cluster.path, LOG)}.`);
}

/** Starts the cluster's server on a free port of 127.0.0.1. Call it under the lock, when none runs. */
export async function launch(binaries: string, cluster: Cluster): Promise<number> {
  const { data, ...where } = placeOf(cluster);
  // Left by a crash. Postgres would refuse to start if its process id now belongs to another process of the same user.
  rmSync(join(cluster.path, 'postmaster.pid'), { force: true });
  const log = join(cluster.path, LOG);
  if (existsSync(log)) renameSync(log, join(cluster.path, 'server.previous.log'));
  let wanted = portIn(readFileSync(join(cluster.path, 'postgresql.conf'), 'utf8'));
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(wanted);
    writeFor(cluster, 'postgresql.conf', settingsFile(port));
    writeFor(cluster, LOG, '');
    const args = ['start', '-s', '-w', '-t', String(READY_WITHIN), '-D', data, '-l', LOG];
    const { code } = await run(join(binaries, 'pg_ctl'), args, { ...where, quiet: true });
    if (code === 0) return port;
    const running = await runningPort(cluster);
    if (running) return running; // started by a process that was killed a moment ago
    const said = readFileSync(log, 'utf8').trim();
    if (attempt === ATTEMPTS || !PASSING.test(said))
      throw new Error(`Postgres did not start: ${reasonIn(said)} (${log})`);
    if (PORT_TAKEN.test(said)) wanted = undefined;
    await delay(100);
  }
}

/** Stops the cluster's server: sessions are cut, committed work is safe. Call it under the lock. */
export async function shutDown(binaries: string, cluster: Cluster): Promise<void> {
  if (!postmaster(cluster)) return;
  const { data, ...where } = placeOf(cluster);
  const args = ['stop', '-s', '-w', '-m', 'fast', '-t', String(STOPPED_WITHIN), '-D', data];
  const { code, output } = await run(join(binaries, 'pg_ctl'), args, where);
  if (code !== 0 && postmaster(cluster)) throw new Error(`Postgres did not stop: ${output.trim()}`);
}

/** What postmaster.pid says about the server, if its process still runs and really is that server. */
function postmaster(cluster: Cluster): { port: number; status: string } | undefined {
  const file = join(cluster.path, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  if (!isServer(Number(lines[0]), cluster)) return undefined;
  return { port: Number(lines[3]), status: lines[7]?.trim() ?? 'starting' };
}

/** A process id in a file may since have been given to another process, most likely in a container or after a reboot. */
function isServer(pid: number, { path }: Cluster): boolean {
  if (!isRunning(pid)) return false;
  if (process.platform === 'win32') return true;
  try {
    return process.platform === 'linux'
      ? readlinkSync(`/proc/${pid}/cwd`) === realpathSync(path)
      : execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).includes('postgres');
  } catch (error) {
    // Not allowed to look: better to wait for it, or to be refused by Postgres, than to start a second server.
    return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** The preferred port if it is free: then the pools of those who used the server before it crashed find it again. */
async function freePort(preferred = 0): Promise<number> {
  const probe = createServer();
  try {
    await once(probe.listen(preferred, '127.0.0.1'), 'listening');
    return (probe.address() as AddressInfo).port;
  } catch (error) {
    if (preferred) return freePort();
    throw error;
  } finally {
    probe.close();
  }
}
