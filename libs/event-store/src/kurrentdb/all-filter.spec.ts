import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { filterFor } from './all-filter.js';

const admits = (types: readonly string[] | undefined, type: string) => {
  const filter = filterFor(types);
  return 'regex' in filter && new RegExp(filter.regex).test(type);
};

describe('The filter on the log', () => {
  it('admits exactly the asked types, whatever characters are in their names', () => {
    const typeName = fc.string({ minLength: 1 }).filter(name => !/[\n\r]/.test(name));
    fc.assert(
      fc.property(fc.uniqueArray(typeName, { minLength: 1 }), typeName, (types, other) => {
        for (const type of types) expect(admits(types, type)).toBe(true);
        expect(admits(types, other)).toBe(types.includes(other));
      }),
    );
  });

  it('admits everything but the server’s own events when no types are asked for', () => {
    expect(['LeadCaptured', 'a$b', '$metadata', '$>'].filter(type => admits(undefined, type))).toEqual([
      'LeadCaptured',
      'a$b',
    ]);
  });
});
