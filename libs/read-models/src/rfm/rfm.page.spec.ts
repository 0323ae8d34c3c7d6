import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { customersIn } from './rfm.filter.js';
import { pageOfCustomers, rankingOf } from './rfm.page.js';
import { segments } from './rfm.segments.js';

const listOf = (amounts: readonly number[]) => ({
  ids: amounts.map((_, index) => `c${index}`),
  monetary: Float64Array.from(amounts),
});
const everybody = () => true;

function allPages(list: ReturnType<typeof listOf>, matches: (place: number) => boolean, first: number): string[][] {
  const pages: string[][] = [];
  let after: string | undefined;
  for (;;) {
    const page = pageOfCustomers(list, rankingOf(list), matches, { first, after });
    pages.push(page.lines.map(({ row }) => row.customerId));
    if (!page.hasNextPage) return pages;
    after = page.lines.at(-1)!.cursor;
  }
}

describe('the list of customers', () => {
  it('begins with the largest amount, page by page', () => {
    expect(allPages(listOf([100, 500, 300, 500, 200]), everybody, 2)).toEqual([['c3', 'c1'], ['c2', 'c4'], ['c0']]);
  });

  it('shows each customer who matches once, whatever the size of the pages', () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 25 });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 3 }), (list, first, part) => {
        const matches = (place: number) => place % part === 0;
        const expected = list
          .map((amount, place) => ({ amount, place, id: `c${place}` }))
          .filter(({ place }) => matches(place))
          .sort((a, b) => b.amount - a.amount || (a.id < b.id ? 1 : -1));
        expect(allPages(listOf(list), matches, first).flat()).toEqual(expected.map(({ id }) => id));
      }),
    );
  });

  it('refuses a cursor that it has not answered', () => {
    const list = listOf([1, 2, 3]);
    const read = () => pageOfCustomers(list, rankingOf(list), everybody, { first: 1, after: 'nonsense' });
    expect(read).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});

describe('a part of the customers', () => {
  const customers = { ids: ['a', 'b', 'c'], cell: Uint8Array.of(0, 7, 6), segment: Uint8Array.of(0, 9, 9) };
  const chosen = (wanted: { segment?: string; cell?: string }) => {
    const { includes, count } = customersIn(customers, segments, wanted);
    expect(customers.ids.filter((_, place) => includes(place))).toHaveLength(count());
    return customers.ids.filter((_, place) => includes(place));
  };

  it('is chosen by segment, by cell, or by both', () => {
    expect(chosen({})).toEqual(['a', 'b', 'c']);
    expect(chosen({ segment: 'Lost' })).toEqual(['b', 'c']);
    expect(chosen({ cell: '000' })).toEqual(['b']);
    expect(chosen({ segment: 'Lost', cell: '010' })).toEqual(['c']);
    expect(chosen({ segment: 'Promising' })).toEqual([]);
  });

  it('may be named in Chinese, 潜力培育客户 as another name of 一般保持客户', () => {
    expect(chosen({ segment: '已流失客户' })).toEqual(['b', 'c']);
    expect(chosen({ cell: '一般保持客户' })).toEqual(['c']);
    expect(chosen({ cell: '潜力培育客户' })).toEqual(['c']);
  });

  it('is refused for an unknown name, with the names that there are', () => {
    expect(() => customersIn(customers, segments, { segment: 'Heroes' })).toThrow(
      expect.objectContaining({
        code: 'BAD_USER_INPUT',
        details: { field: 'segment', allowed: segments.map(({ segment }) => segment) },
      }),
    );
    expect(() => customersIn(customers, segments, { cell: '112' })).toThrow('There is no cell "112".');
  });
});
