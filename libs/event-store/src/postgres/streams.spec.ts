import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newEvents } from '../contract/new-event.js';
import { all } from '../contract/opened-store.js';
import { type LogUnderTest, logUnderTest } from './testing/log-under-test.js';

let log: LogUnderTest;
beforeEach(async () => {
  log = await logUnderTest();
});
afterEach(() => log.close());

const revisionsOf = async (stream: string, from?: bigint) =>
  (await all(log.store.readStream(stream, { from }))).map(event => `${event.stream}@${event.revision}`);
const expected = (stream: string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `${stream}@${from + n}`);

describe('Streams that are read at the same time', () => {
  it('come together, each with its own events', async () => {
    const streams = Array.from({ length: 250 }, (_, n) => `lead-${n}`);
    await Promise.all(
      streams.map((stream, n) => log.store.append(stream, 'noStream', newEvents('Noted', 1 + (n % 3)))),
    );
    const found = await Promise.all(streams.map(stream => revisionsOf(stream)));
    expect(found).toEqual(streams.map((stream, n) => expected(stream, 0, 1 + (n % 3))));
    const { rows } = await log.owner.query(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and query like '%event_store.events%'
         and pid <> pg_backend_pid()`,
    );
    // 250 beginnings are three statements; one each would have spread over all ten connections.
    expect(rows[0].n).toBeLessThanOrEqual(4);
  });

  it('may be long ones, unknown ones, and the same one from several revisions', async () => {
    await log.store.append('lead-1', 'noStream', newEvents('Noted', 3));
    await log.store.append('lead-long', 'noStream', newEvents('Noted', 730));
    const asked: [string, bigint | undefined, string[]][] = [
      ['lead-1', undefined, expected('lead-1', 0, 3)],
      ['lead-1', 2n, expected('lead-1', 2, 3)],
      ['lead-1', 3n, []],
      ['lead-none', undefined, []],
      ['lead-none', 5n, []],
      ['lead-long', undefined, expected('lead-long', 0, 730)],
      ['lead-long', 50n, expected('lead-long', 50, 730)],
      ['lead-long', 700n, expected('lead-long', 700, 730)],
      ['lead-long', 900n, []],
    ];
    const found = await Promise.all(asked.map(([stream, from]) => revisionsOf(stream, from)));
    expect(found).toEqual(asked.map(([, , events]) => events));
  });

  it('do not suffer from a destroyed event in one of them, nor from a name that cannot be', async () => {
    await log.store.append('lead-1', 'noStream', newEvents('Noted', 2));
    await log.store.append('lead-2', 'noStream', newEvents('Noted', 2));
    await log.owner.query('alter table event_store.events disable trigger append_only');
    await log.owner.query(`update event_store.events set data = '{"n":' where position = 2`);
    const outcomes = await Promise.allSettled(['lead-1', 'lead-2', 'lead-\u0000'].map(stream => revisionsOf(stream)));
    expect(outcomes).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ message: 'An event in the log is no longer JSON.' }) },
      { status: 'fulfilled', value: ['lead-2@0', 'lead-2@1'] },
      { status: 'rejected', reason: expect.anything() },
    ]);
  });
});
