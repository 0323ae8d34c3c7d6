import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { quoted } from './naming.js';
import { databaseForTests } from './testing/test-engine.js';

const database = databaseForTests();

const selected = async (expression: string) =>
  (await sql<{ value: unknown }>`select ${sql.raw(expression)} as value`.execute(database().kysely)).rows[0]!.value;

describe('Values from the database', () => {
  it.each([
    ['12::bigint', 12],
    ['(select sum(x::bigint) from (values (1), (2)) as v(x))', 3],
    [`date '2026-03-01'`, '2026-03-01'],
    [`timestamptz '2026-03-01 16:00:00.12+08'`, '2026-03-01T08:00:00.120Z'],
    [`timestamptz '2026-03-01 08:00:00Z'`, '2026-03-01T08:00:00.000Z'],
    [`timestamptz '2026-03-01 08:00:00.123456Z'`, '2026-03-01T08:00:00.123Z'],
    ['null::timestamptz', null],
  ])('%s becomes %j', async (expression, value) => {
    expect(await selected(expression)).toEqual(value);
  });

  it('keep the keys of JSON documents, while columns become camelCase', async () => {
    const { rows } = await sql`select '{"some_key": 1}'::jsonb as some_column`.execute(database().kysely);
    expect(rows).toEqual([{ someColumn: { some_key: 1 } }]);
  });
});

describe('A name', () => {
  it('is written in snake case', () => {
    expect(quoted('stageTotalsChanges')).toBe('"stage_totals_changes"');
  });

  it.each(['snake_case', 'Capital', 'with space', 'quo"te', 'umläut', 'ID', ''])(
    '%j is refused, because it would not come back as it was',
    name => {
      expect(() => quoted(name)).toThrow('cannot be named in the database');
    },
  );
});
