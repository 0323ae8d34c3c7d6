import { describe, it } from '@jest/globals';
import { openBreakableConnection } from '#test/eventstoredb/breakable-connection.js';
import { startEventStoreDouble } from '#test/eventstoredb/event-store-double.js';
import { eventStoreContract } from '../contract/event-store.contract.js';
import { openKurrentdbStore } from './kurrentdb-event-store.js';

eventStoreContract('The log in EventStoreDB, by a double that speaks its protocol,', async () => {
  const double = await startEventStoreDouble();
  const store = openKurrentdbStore(double.url);
  const close = () => store.close().then(() => double.close());
  return { store, cutConnections: double.cutConnections, close };
});

const realServer = process.env.TEST_KURRENTDB_URL;

if (realServer)
  eventStoreContract('The log in a real EventStoreDB', async () => {
    const url = new URL(realServer);
    const connection = await openBreakableConnection({ host: url.hostname, port: Number(url.port || 2113) });
    const store = openKurrentdbStore(`kurrentdb://127.0.0.1:${connection.port}${url.search}`);
    const close = () => store.close().then(() => connection.close());
    return { store, cutConnections: async () => connection.cut(), close };
  });
else describe('The log in a real EventStoreDB', () => it.todo('is tested when TEST_KURRENTDB_URL names a server'));
