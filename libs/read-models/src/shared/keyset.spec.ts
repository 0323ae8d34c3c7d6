import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from '#event-sourcing/refusal.js';
import { cursorOf, type Order, pageOfRows } from './keyset.js';

interface Row {
  readonly id: string;
  readonly name: string | null;
}
const byName: Order = {
  name: 'leads.NAME.ASC',
  keys: [
    { column: 'name', kind: 'text', optional: true },
    { column: 'id', kind: 'text' },
  ],
};
const descending: Order = { ...byName, name: 'leads.NAME.DESC', descending: true };
const rows: Row[] = [
  { id: '3', name: 'Acme' },
  { id: '1', name: null },
  { id: '2', name: 'Acme' },
  { id: '4', name: '华为' },
];
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const ids = (order: Order, first: number, after?: string) =>
  pageOfRows(rows, order, { first, after }).lines.map(({ row }) => row.id);

describe('A page of rows in memory', () => {
  it('is sorted, equal values by id, rows without a value last', () => {
    expect(ids(byName, 10)).toEqual(['2', '3', '4', '1']);
    expect(ids(descending, 10)).toEqual(['4', '3', '2', '1']);
  });

  it('goes on behind a cursor, also when the row of the cursor is gone', () => {
    expect(ids(byName, 2, cursorOf(byName, rows[2]!))).toEqual(['3', '4']);
    expect(ids(byName, 2, cursorOf(byName, { id: '2x', name: 'Acme' }))).toEqual(['3', '4']);
  });

  it('knows whether there are more before and behind', () => {
    expect(pageOfRows(rows, byName, { first: 3 })).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const after = cursorOf(byName, rows[2]!);
    expect(pageOfRows(rows, byName, { first: 3, after })).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(pageOfRows(rows, byName, { first: 0 })).toMatchObject({ lines: [], hasNextPage: true });
  });

  it('put together with the others gives every row once, for pages of any size', () => {
    const row = fc.record({ id: fc.uuid(), name: fc.option(fc.string({ maxLength: 2 })) });
    fc.assert(
      fc.property(
        fc.uniqueArray(row, { selector: ({ id }) => id }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(byName, descending),
        (all, first, order) => {
          const seen: Row[] = [];
          for (let after: string | undefined, more = true; more; ) {
            const page = pageOfRows(all, order, { first, after });
            seen.push(...page.lines.map(line => line.row));
            after = page.lines.at(-1)?.cursor;
            more = page.hasNextPage;
          }
          expect(seen).toEqual(pageOfRows(all, order, { first: all.length }).lines.map(line => line.row));
          expect(new Set(seen.map(({ id }) => id)).size).toBe(all.length);
        },
      ),
    );
  });
});

describe('A cursor is refused when', () => {
  it.each([
    ['it is empty', ''],
    ['it is no base64url', '%%%'],
    ['it is no JSON', Buffer.from('{').toString('base64url')],
    ['it is no list', encoded({ name: 'leads.NAME.ASC' })],
    ['it is of another order', cursorOf(descending, rows[0]!)],
    ['it is of another list', encoded(['customers.NAME.ASC', 'Acme', '3'])],
    ['a value is missing', encoded(['leads.NAME.ASC', 'Acme'])],
    ['a value is too many', encoded(['leads.NAME.ASC', 'Acme', '3', '4'])],
    ['a value is of another kind', encoded(['leads.NAME.ASC', 3, '3'])],
    ['a value is an object', encoded(['leads.NAME.ASC', { raw: 'now()' }, '3'])],
    ['the id is null', encoded(['leads.NAME.ASC', 'Acme', null])],
    ['a text holds what Postgres cannot', encoded(['leads.NAME.ASC', 'A\u0000', '3'])],
    ['it is endless', encoded(['leads.NAME.ASC', 'A'.repeat(10_000), '3'])],
  ])('%s', (_, after) => {
    expect(() => pageOfRows(rows, byName, { first: 2, after })).toThrow(Refusal);
    expect(() => pageOfRows(rows, byName, { first: 2, after })).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', details: expect.objectContaining({ field: 'after' }) }),
    );
  });

  it.each([
    ['date', '2026-02-30'],
    ['date', 'infinity'],
    ['integer', 1.5],
    ['integer', '1'],
    ['instant', 'now'],
    ['instant', '2026-03-01T08:00:00Z'],
  ] as const)('its %s is %s', (kind, value) => {
    const order: Order = { name: 'x', keys: [{ column: 'a', kind }] };
    expect(() => pageOfRows([], order, { first: 1, after: encoded(['x', value]) })).toThrow(Refusal);
  });
});
