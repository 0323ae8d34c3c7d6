import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
const OLDEST_NODE = [20, 19];
const BUILT = join(root, 'dist', '.built');

/** Installs and builds what is missing or stale, then runs a program of ours in this process: `dist/apps/api/src/main.js`. */
export async function run(program) {
  process.env.DATA_DIR ||= join(root, '.data'); // the same data from whatever folder it is started
  await orExit(() => prepare([installation, build]));
  process.argv[1] = join(root, program);
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(process.argv[1]).href);
}

/** Installs the packages if they are not those of package-lock.json. */
export function install() {
  return orExit(() => prepare([installation]));
}

const installation = {
  isCurrent: isInstalled,
  say: 'Installing packages (npm ci), which takes a minute …',
  command: ['npm', 'ci', '--include=dev', '--no-fund', '--no-audit', '--no-update-notifier', '--loglevel=error'],
  done: () => {},
};

const build = {
  isCurrent: () => existsSync(BUILT) && readFileSync(BUILT, 'utf8') === digestOfSources(),
  say: 'Building …',
  command: [process.execPath, join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'],
  before: () => {
    // The compiler's notes promise files that somebody may have deleted, unless the last build is known to be whole.
    if (!existsSync(BUILT)) rmSync(join(root, 'dist', 'tsconfig.tsbuildinfo'), { force: true });
    return digestOfSources(); // as they are before the build: what is edited meanwhile is built the next time
  },
  done: digest => writeFileSync(BUILT, digest),
};

/** Nothing is written, and no lock is taken, when all steps are current: a read-only checkout that was built is fine. */
async function prepare(steps) {
  checkNode();
  if (steps.every(step => step.isCurrent())) return;
  const waiting = () => say('Waiting for another process that installs or builds …');
  await withLock(join(root, 'dist', '.lock'), hold => bringUpToDate(steps, hold), waiting);
}

async function bringUpToDate(steps, hold) {
  for (const { isCurrent, say: sentence, command, before, done } of steps) {
    if (isCurrent()) continue;
    say(sentence);
    const digest = before?.();
    await succeed(command, hold);
    done(digest);
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(
    `This needs Node ${OLDEST_NODE.join('.')} or later; you have ${process.versions.node}. See https://nodejs.org`,
  );
}

/** Compares what npm noted about node_modules with the lock file, so that an install by hand counts as well. */
function isInstalled() {
  const noted = join(root, 'node_modules', '.package-lock.json'); // written at the end of an install
  if (!existsSync(noted)) return false;
  const packagesOf = file => JSON.parse(readFileSync(file, 'utf8')).packages;
  const present = packagesOf(noted);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(([path, wanted]) => {
    const found = present[path];
    if (path === '' || (!found && (wanted.optional || wanted.devOptional))) return true; // for other platforms
    return found?.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** Of all that the build reads, but for the specs. */
function digestOfSources() {
  const digest = createHash('sha256').update(process.versions.node.split('.')[0]);
  const add = file => digest.update(file).update(readFileSync(join(root, file)));
  for (const file of ['tsconfig.json', 'package.json', 'package-lock.json']) add(file);
  for (const folder of ['libs', 'apps', 'test', 'bench']) for (const file of sourcesIn(folder)) add(file);
  return digest.digest('hex');
}

function sourcesIn(folder) {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap(entry => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourcesIn(path);
    return /\.(ts|json)$/.test(path) && !path.endsWith('.spec.ts') ? [path] : [];
  });
}

/** Runs a command in the root; what it prints goes to standard error, because standard output belongs to the program that is prepared. */
function succeed([program, ...args], hold) {
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32' && program === 'npm'; // npm is a batch file there
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 2, 2], shell });
    if (child.pid) hold(child.pid);
    const what = [program === process.execPath ? 'node' : program, ...args].join(' ');
    child.on('error', error => reject(new Error(`"${what}" could not be run: ${error.message}`)));
    child.on('close', code =>
      code === 0 ? resolve() : reject(new Error(`"${what}" failed; what it said stands above.`)),
    );
  });
}

async function orExit(work) {
  try {
    await work();
  } catch (error) {
    const writable = ['EACCES', 'EPERM', 'EROFS'].includes(error.code);
    say(writable ? `${root} has to be built, and you may not write there: ${error.message}` : error.message);
    process.exit(1);
  }
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}
