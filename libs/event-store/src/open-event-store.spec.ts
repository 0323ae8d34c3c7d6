import { describe, expect, it } from '@jest/globals';
import { testDatabase } from '#test/support/postgres.js';
import { openEventStore } from './open-event-store.js';
import { PostgresEventStore } from './postgres/postgres-event-store.js';

describe('EVENT_STORE_URL', () => {
  it.each(['postgres:', 'postgresql:', 'PostgreSQL:'])('opens the log in Postgres for %s', async scheme => {
    const { url, drop } = await testDatabase();
    const store = await openEventStore(url.replace(/^[a-z]+:/, scheme));
    expect(store).toBeInstanceOf(PostgresEventStore);
    await store.close();
    await drop();
  });

  it.each(['kurrentdb', 'esdb'])('opens the log in KurrentDB for %s:', async scheme => {
    const store = await openEventStore(`${scheme}://127.0.0.1:1?tls=false`);
    expect(store.constructor.name).toBe('KurrentdbEventStore');
    await store.close();
  });

  it.each([
    ['mysql://user:secret@host/db', 'mysql://'],
    ['constructor://host', 'constructor://'],
    ['/var/lib/events', 'no scheme'],
    ['', 'no scheme'],
  ])('refuses %s and does not repeat its password', async (url, named) => {
    const opening = openEventStore(url);
    await expect(opening).rejects.toThrow(`got ${named}.`);
    await expect(opening).rejects.not.toThrow('secret');
  });
});
