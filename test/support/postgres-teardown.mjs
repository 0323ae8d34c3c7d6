import { removeCluster } from './postgres-cluster.mjs';

/** Jest's globalTeardown: the run's Postgres and its data go. */
export default function teardown() {
  removeCluster(process.env.CHRONICLE_TEST_POSTGRES);
}
