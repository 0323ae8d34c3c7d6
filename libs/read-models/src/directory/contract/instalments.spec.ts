import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { filledInstalments, firstOpenDueOn } from './instalments.js';

const march = { dueOn: '2026-03-31', minor: 100 };
const june = { dueOn: '2026-06-30', minor: 200 };

describe('What was received for a contract', () => {
  it('fills its instalments in the order of their due days', () => {
    expect(filledInstalments([june, march], 150)).toEqual([
      { ...march, receivedMinor: 100, openMinor: 0 },
      { ...june, receivedMinor: 50, openMinor: 150 },
    ]);
  });

  it('fills none beyond its amount', () => {
    const filled = filledInstalments([march, june], 1_000);
    expect(filled.map(({ openMinor }) => openMinor)).toEqual([0, 0]);
  });

  it('leaves the first instalment due that is still open', () => {
    expect(firstOpenDueOn([june, march], 0)).toBe('2026-03-31');
    expect(firstOpenDueOn([june, march], 100)).toBe('2026-06-30');
    expect(firstOpenDueOn([june, march], 300)).toBeNull();
  });

  it('and what is open add up to the contract, whatever the instalments', () => {
    const instalment = fc.record({
      dueOn: fc.constantFrom('2026-01-31', '2026-02-28', '2026-03-31'),
      minor: fc.nat(500),
    });
    fc.assert(
      fc.property(fc.array(instalment), fc.nat(3_000), (instalments, received) => {
        const amount = instalments.reduce((sum, { minor }) => sum + minor, 0);
        const filled = filledInstalments(instalments, received);
        expect(filled.reduce((sum, { receivedMinor }) => sum + receivedMinor, 0)).toBe(Math.min(received, amount));
        for (const { minor, receivedMinor, openMinor } of filled) expect(receivedMinor + openMinor).toBe(minor);
        // Nothing is received for a later one while an earlier one is open.
        const firstOpen = filled.findIndex(({ openMinor }) => openMinor > 0);
        if (firstOpen >= 0) for (const { receivedMinor } of filled.slice(firstOpen + 1)) expect(receivedMinor).toBe(0);
      }),
    );
  });
});
