import { describe, expect, it } from '@jest/globals';
import { instant, integer, text } from '#event-sourcing/projection.js';
import { type Row, rowChecker, sameValue } from './values.js';

const complete = rowChecker([
  ['id', text],
  ['at', instant],
  ['note', text.nullable],
  ['count', integer],
]);
const whole = { id: 'a', at: '2026-03-01T08:00:00.000Z', note: null, count: 1 };

describe('A folded row', () => {
  it('is not copied when it is complete already', () => {
    expect(complete('a', whole)).toBe(whole);
  });

  // Otherwise a fold would see one value while the row is remembered, and another when it was loaded again.
  it.each<[string, Row]>([
    ['without what nobody stores', { ...whole, more: 1 }],
    ['with nothing as null', { ...whole, note: undefined }],
    ['with instants to the millisecond in UTC', { ...whole, at: '2026-03-01T16:00:00+08:00' }],
    ['with its key', { at: whole.at, note: null, count: 1 }],
  ])('is as the database gives it back: %s', (_, folded) => {
    expect(complete('a', folded)).toStrictEqual(whole);
  });
});

describe('Two documents', () => {
  it.each([
    [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, true],
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [[1, 2], [1], false],
    [[], {}, false],
    [null, {}, false],
  ])('%j and %j are stored alike: %s', (one, other, alike) => {
    expect(sameValue(one, other)).toBe(alike);
    expect(sameValue(other, one)).toBe(alike);
  });
});
