import { describe, expect, it } from '@jest/globals';
import { connection, MAX_PAGE_SIZE, sliceOf } from './connection.js';

describe('The size of a page', () => {
  it('is 50 unless asked for', () => {
    expect(sliceOf({})).toEqual({ first: 50, after: undefined });
    expect(sliceOf({ first: null, after: 'x' })).toEqual({ first: 50, after: 'x' });
  });

  it.each([-1, MAX_PAGE_SIZE + 1, 1.5])('is not %s', first => {
    expect(() => sliceOf({ first })).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', details: { field: 'first', allowed: '0 to 500' } }),
    );
  });
});

describe('A connection', () => {
  const lines = ['a', 'b'].map(row => ({ cursor: `cursor of ${row}`, row }));

  it('names the cursors at both ends', () => {
    const { pageInfo, nodes } = connection({ lines, hasNextPage: true, hasPreviousPage: false }, String, () => 2);
    expect(nodes).toEqual(['a', 'b']);
    expect(pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: 'cursor of a',
      endCursor: 'cursor of b',
    });
  });

  it('has no cursors when it is empty', () => {
    const { pageInfo } = connection({ lines: [], hasNextPage: false, hasPreviousPage: false }, String, () => 0);
    expect(pageInfo).toMatchObject({ startCursor: null, endCursor: null });
  });
});
