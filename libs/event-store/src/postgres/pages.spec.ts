import { describe, expect, it } from '@jest/globals';
import { eventsOf } from '../contract/opened-store.js';
import { logUnderTest } from './testing/log-under-test.js';

const COUNT = 120_000;

describe('Reading a long log in Postgres', () => {
  it('moves a reader of a rare type on in bounded steps, and loses none of its events', async () => {
    const log = await logUnderTest();
    await log.owner.query(
      `with head as (update event_store.head set position = $1::int)
       insert into event_store.events
       select n, 0, now(), gen_random_uuid(), 'lead-' || n, case when n % 40000 = 7 then 'Rare' else 'Common' end,
         '2026-03-01T08:00:00.000Z', '{}', '{}'
       from generate_series(1, $1::int) n`,
      [COUNT],
    );
    const pages = [];
    for await (const page of log.store.readAll({ types: ['Rare'], pageSize: 2 })) pages.push(page);
    expect(eventsOf(pages).map(({ position }) => position)).toEqual([7n, 40_007n, 80_007n]);
    expect(pages.at(-1)!.upTo).toBe(BigInt(COUNT));
    let before = 0n;
    for (const { upTo } of pages) {
      expect(upTo > before && upTo - before <= 50_000n).toBe(true);
      before = upTo;
    }
    await log.close();
  });
});
