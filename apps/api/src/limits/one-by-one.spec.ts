import { setImmediate as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { OneByOne } from './one-by-one.js';

/** Something that has its turn and lasts until `end` is called. */
function begun(lane: OneByOne, account: string) {
  let end = () => {};
  const over = new Promise<void>(resolve => {
    end = resolve;
  });
  const seen = { going: false, end: () => end() };
  void lane.turn(account, over).then(() => {
    seen.going = true;
  });
  return seen;
}

describe('What is large', () => {
  it('waits for what the same account began before, and for nobody else', async () => {
    const lane = new OneByOne();
    const [first, second, third, other] = [...'aaab'].map(account => begun(lane, account));
    await pause();
    expect([first!.going, second!.going, third!.going, other!.going]).toEqual([true, false, false, true]);
    first!.end();
    await pause();
    expect([second!.going, third!.going]).toEqual([true, false]);
  });

  it('that was given up while it waited holds up nobody', async () => {
    const lane = new OneByOne();
    const [first, second, third] = [...'aaa'].map(account => begun(lane, account));
    second!.end();
    await pause();
    expect(third!.going).toBe(false);
    first!.end();
    await pause();
    expect(third!.going).toBe(true);
  });
});
