import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#platform/embedded-postgres/embedded-postgres.js';
import { isAlive, stampOf } from '#platform/embedded-postgres/processes.js';

/** A Postgres server that belongs to one test alone, because it is going to be killed. */
export class OwnPostgres {
  readonly dataDir: string;
  private users: EmbeddedPostgres[] = [];

  private constructor() {
    this.dataDir = mkdtempSync(join(tmpdir(), 'chronicle-faults-'));
  }

  /** The folder of the database cluster. */
  get cluster(): string {
    return join(this.dataDir, 'postgres', 'cluster');
  }

  static async start(): Promise<OwnPostgres> {
    const postgres = new OwnPostgres();
    await postgres.start();
    return postgres;
  }

  /** In a folder of its own that holds nothing yet: `fill` puts a cluster there. */
  static async startFrom(fill: (postgres: OwnPostgres) => void): Promise<OwnPostgres> {
    const postgres = new OwnPostgres();
    fill(postgres);
    await postgres.start();
    return postgres;
  }

  /** Stays the same over kills and restarts. */
  get url(): string {
    return this.users.at(-1)!.url;
  }

  async start(): Promise<void> {
    this.users.push(await startEmbeddedPostgres({ dataDir: this.dataDir }));
  }

  /** As an administrator would: sessions are cut, what was committed is flushed. */
  async stop(): Promise<void> {
    for (const user of this.users) await user.stop();
  }

  /** kill -9 of all its processes: whatever was in their memory is gone. (What they gave the system to write is not: only a power cut takes that.) */
  async kill(): Promise<void> {
    const postmaster = Number(readFileSync(join(this.cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
    const server = stampOf(postmaster);
    // The first one first: it would start new ones.
    process.kill(postmaster, 'SIGKILL');
    const others = this.processes(postmaster).map(stampOf);
    for (const other of others) kill(Number(other.split('-')[0]));
    while ([server, ...others].some(isAlive)) await sleep(2);
  }

  /** Settings that the embedded Postgres reads after its own. */
  configure(settings: Readonly<Record<string, string>>): void {
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
    appendFileSync(join(this.cluster, 'custom.conf'), lines.join(''), { mode: 0o644 });
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  /** The processes of the server: on Linux all that work in its folder, elsewhere the children of the first one. */
  private processes(postmaster: number): number[] {
    if (process.platform !== 'linux') {
      const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
      return table
        .map(line => line.trim().split(/\s+/).map(Number))
        .flatMap(([pid, parent]) => (parent === postmaster ? [pid!] : []));
    }
    const folder = realpathSync(this.cluster);
    return readdirSync('/proc')
      .map(Number)
      .filter(pid => pid > 0 && folderOf(pid) === folder);
  }
}

function folderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // it has ended, or is not ours to look at
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
