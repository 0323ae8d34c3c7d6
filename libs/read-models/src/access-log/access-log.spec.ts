import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Database, openDatabase } from '#projections/database.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { type Access, AccessLog, type AccessLogOptions } from './access-log.js';
import { accessLogOf } from './access-log.query.js';
import { createAccessLog } from './access-log.schema.js';

let test: TestDatabase;
let database: Database;
let reported: { message: string; entry?: unknown }[];
const opened: AccessLog[] = [];
beforeEach(async () => {
  test = await testDatabase();
  database = openDatabase(test.url);
  await createAccessLog(database.pool);
  reported = [];
});
afterEach(async () => {
  for (const log of opened.splice(0)) await log.close();
  await database.close();
  await test.drop();
});

function accessLog(options: Partial<AccessLogOptions> = {}, on: Pick<Database, 'pool'> = database): AccessLog {
  const line = (facts: object, message: string) => void reported.push({ ...facts, message });
  const log = { info: line, warn: line, error: line };
  const created = new AccessLog(on, { days: 400, log, ...options });
  opened.push(created);
  return created;
}

/** One whose statements that write entries are counted, also in vain. */
function counted(options: Partial<AccessLogOptions> = {}) {
  let count = 0;
  const pool = Object.create(database.pool) as Database['pool'];
  pool.query = ((text: string, values: unknown[]) => {
    if (text.startsWith('insert')) count++;
    return database.pool.query(text, values);
  }) as Database['pool']['query'];
  return { log: accessLog(options, { pool }), inserts: () => count };
}

const reading = (operation: string, more: Partial<Access> = {}): Access => ({
  at: '2026-11-26T08:00:00.000Z',
  actorId: 'li',
  role: 'salesperson',
  operation,
  fields: ['Contact.phone'],
  arguments: { id: 'c1' },
  records: ['c1'],
  rows: 1,
  outcome: 'ok',
  correlationId: 'x',
  ...more,
});

const operations = async () =>
  (await accessLogOf(database, {}, { first: 500 })).nodes.map(({ operation }) => operation).sort();

/** Makes the table impossible to write to, and possible again. */
const away = () => database.pool.query('alter table access_log.entries rename to elsewhere');
const back = () => database.pool.query('alter table access_log.elsewhere rename to entries');

describe('The access log', () => {
  it('keeps what was noted, also over an outage, in which it says so once', async () => {
    const log = accessLog();
    log.note(reading('before'));
    await log.flushed();
    await away();
    for (const number of [1, 2, 3]) log.note(reading(`during ${number}`));
    while (reported.length === 0) await new Promise(resolve => setTimeout(resolve, 20));
    expect(log.backlog).toBe(3);
    await back();
    await log.flushed();
    expect(await operations()).toEqual(['before', 'during 1', 'during 2', 'during 3']);
    expect(reported.map(({ message }) => message)).toEqual(['The access log cannot be written; it waits.']);
  });

  it('lets nobody be answered who cannot be written down, and tells nothing of those later', async () => {
    await away();
    const log = accessLog({ patienceMs: 300 });
    const refusal = await log.written(reading('refused')).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'ACCESS_LOG_UNAVAILABLE', details: { reference: expect.any(String) } });
    const { reference } = (refusal as { details: { reference: string } }).details;
    expect(reported).toContainEqual(
      expect.objectContaining({ reference, message: 'A read left no trace; it was refused.' }),
    );
    const waited = accessLog().written(reading('answered'));
    await back();
    await waited;
    expect(await operations()).toEqual(['answered']);
  });

  it('writes down who comes as soon as it can again, however long it could not', async () => {
    const { log, inserts } = counted({ patienceMs: 2_000 });
    await log.written(reading('before'));
    await away();
    log.note(reading('command'));
    // After five in vain the next one comes in three seconds, unless somebody waits for it.
    while (inserts() < 6) await new Promise(resolve => setTimeout(resolve, 20));
    await back();
    await log.written(reading('answered'));
    expect(await operations()).toEqual(['answered', 'before', 'command']);
  });

  it('has written down whoever is answered, and many who read together in few statements', async () => {
    const { log, inserts } = counted();
    const reader = async (name: string) => {
      for (let time = 0; time < 10; time++) {
        await log.written(reading(`${name} ${time}`));
        expect(await operations()).toContain(`${name} ${time}`);
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, number) => reader(`reader ${number}`)));
    expect((await operations()).length).toBe(200);
    expect(inserts()).toBeLessThan(100);
  });

  it('tells the process’s log what it could not write in the end', async () => {
    await away();
    const log = accessLog({ capacity: 4, patienceMs: 300 });
    for (const number of [1, 2, 3, 4, 5]) log.note(reading(`command ${number}`));
    await log.close();
    const lost = reported.flatMap(({ entry }) => (entry ? [(entry as Access).operation] : [])).sort();
    expect(lost).toEqual(['command 1', 'command 2', 'command 3', 'command 4', 'command 5']);
    await back();
  });

  it('is not held up by a text that cannot be stored', async () => {
    const log = accessLog();
    log.note(reading('one', { arguments: { id: 'x\u0000y\ud800' }, records: ['a\u0000'] }));
    log.note(reading('impossible', { at: '2026-11-26T08:00:00.000Z', rows: 2 ** 40 }));
    log.note(reading('two'));
    await log.flushed();
    expect(await operations()).toEqual(['one', 'two']);
    expect(reported).toEqual([
      expect.objectContaining({ entry: expect.objectContaining({ operation: 'impossible' }) }),
    ]);
    await expect(log.written(reading('impossible to answer', { rows: 2 ** 40 }))).rejects.toMatchObject({
      code: 'ACCESS_LOG_UNAVAILABLE',
    });
  });

  it('is written once, also when its answer is lost and it is written again', async () => {
    const log = accessLog();
    for (let number = 0; number < 1_200; number++) log.note(reading(`read ${String(number).padStart(4, '0')}`));
    await log.flushed();
    const { rows } = await database.pool.query(
      'select count(distinct id)::int as ids, count(*)::int as n from access_log.entries',
    );
    expect(rows).toEqual([{ ids: 1_200, n: 1_200 }]);
  });

  it.each(['update access_log.entries set rows = 0', 'delete from access_log.entries', 'truncate access_log.entries'])(
    'cannot be edited, nor can its months: %s',
    async statement => {
      const log = accessLog();
      log.note(reading('kept'));
      await log.flushed();
      await expect(database.pool.query(statement)).rejects.toThrow('append-only');
      const month = statement.replace('access_log.entries', 'access_log.entries_2026_11');
      await expect(database.pool.query(month)).rejects.toThrow('append-only');
      expect(await operations()).toEqual(['kept']);
    },
  );

  it('has an index for each way in which it is asked, also where it was made before there were all', async () => {
    const indexes = async () => {
      const { rows } = await database.pool.query<{ indexname: string }>(
        "select indexname from pg_indexes where schemaname = 'access_log' and tablename = 'entries' order by 1",
      );
      return rows.map(({ indexname }) => indexname);
    };
    const all = [
      'entries_actor_id_at_id_idx',
      'entries_by_address',
      'entries_by_operation',
      'entries_correlation_id_idx',
      'entries_pkey',
      'entries_records_idx',
    ];
    expect(await indexes()).toEqual(all);
    await database.pool.query('drop index access_log.entries_by_address, access_log.entries_by_operation');
    await createAccessLog(database.pool);
    expect(await indexes()).toEqual(all);
  });

  it('forgets whole months that ended before the days that it is to be kept, and none sooner', async () => {
    const log = accessLog();
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    for (const days of [0, 20, 399, 440]) log.note(reading(`${days} days ago`, { at: ago(days) }));
    await log.flushed();
    await expect(database.pool.query('select access_log.prune(29)')).rejects.toThrow('30 days at least');
    await database.pool.query('select access_log.prune(400)');
    expect(await operations()).toEqual(['0 days ago', '20 days ago', '399 days ago']);
  });
});
