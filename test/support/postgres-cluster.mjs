import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of test runs in the system's temporary folder; the id of Jest's process follows. */
export const PREFIX = 'chronicle-test-';

/** Stops the Postgres of a test run, if one was started, at once (its data is worthless), and deletes the folder. */
export function removeCluster(folder) {
  const pidFile = join(folder, 'postgres', 'cluster', 'postmaster.pid');
  if (existsSync(pidFile)) {
    quit(Number(readFileSync(pidFile, 'utf8').split('\n')[0]));
    const until = Date.now() + 10_000;
    while (existsSync(pidFile) && Date.now() < until) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error; // left over by another user's run: not ours to remove
  }
}

function quit(pid) {
  try {
    process.kill(pid, 'SIGQUIT');
  } catch (error) {
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}
