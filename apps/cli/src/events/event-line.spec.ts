import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonical } from './event-line.js';

/** As it was defined first: files that were exported then have digests of it. */
const asDefined = (value: unknown) =>
  JSON.stringify(value, (_, part) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)));
  });

describe('The canonical text', () => {
  it('is the same for the same content, whatever the order of keys', () => {
    expect(canonical({ b: [1, { d: null, c: 'x' }], a: {} })).toBe('{"a":{},"b":[1,{"c":"x","d":null}]}');
    expect(canonical({ 10: 1, 9: 2, a: 3 })).toBe('{"9":2,"10":1,"a":3}');
  });

  it('is what it always was, for any JSON', () => {
    const keys = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('a', 'b', '1', '10', '9', '__proto__', '中'));
    const { json } = fc.letrec(tie => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('json'), { maxLength: 4 }),
        fc.dictionary(keys, tie('json'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(json, value => {
        const stored = JSON.parse(JSON.stringify(value));
        expect(canonical(stored)).toBe(asDefined(stored));
      }),
      { numRuns: 2_000 },
    );
  });
});
