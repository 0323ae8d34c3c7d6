import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PREFIX, removeCluster } from './postgres-cluster.mjs';

/** Jest's globalSetup: names the folder of this run's Postgres. The first test that asks for a database starts it. */
export default function setup() {
  for (const name of readdirSync(tmpdir()).filter(isLeftOver)) removeCluster(join(tmpdir(), name));
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  process.env.CHRONICLE_TEST_POSTGRES = folder;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      removeCluster(folder); // Jest runs no teardown then
      process.kill(process.pid, signal);
    });
  }
}

/** Of a run that was killed. */
function isLeftOver(name) {
  if (!name.startsWith(PREFIX)) return false;
  try {
    process.kill(Number(name.slice(PREFIX.length).split('-')[0]), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
