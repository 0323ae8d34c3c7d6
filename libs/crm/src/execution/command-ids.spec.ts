import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v5 } from 'uuid';
import { derivedId } from './command-ids.js';

describe('a derived id', () => {
  it('is the UUID version 5 of its parts, now and for ever', () => {
    expect(derivedId('import', 'customers', 'C1')).toBe('9b33fe49-f658-57d1-ae67-7dc461d1f9ad');
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), parts => {
        expect(derivedId(...parts)).toBe(v5(JSON.stringify(parts), '6f2f9f0e-6d1f-4c0e-9d55-3f0f6f1d7a10'));
      }),
    );
  });

  it('tells apart what only looks the same when it is joined', () => {
    expect(derivedId('a', 'bc')).not.toBe(derivedId('ab', 'c'));
  });
});
