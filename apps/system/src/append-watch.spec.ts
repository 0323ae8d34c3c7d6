import { afterEach, describe, expect, it } from '@jest/globals';
import { AppendWatch } from './append-watch.js';

let now = 0;
const said: string[] = [];
const say = (_: object, message: string) => said.push(message);
const watch = new AppendWatch({ info: say, warn: say, error: say }, () => now);
afterEach(() => watch.close());

describe('The watch over appends', () => {
  it('says once that the oldest has waited too long, and once that the log takes appends again', () => {
    const first = watch.asked();
    now = 4_000;
    const second = watch.asked();
    watch.look();
    expect([watch.stalled, watch.oldestSeconds, watch.underWay]).toEqual([false, 4, 2]);

    now = 6_000;
    watch.look();
    watch.look();
    expect([watch.stalled, watch.oldestSeconds, said]).toEqual([true, 6, ['The log takes no appends.']]);

    first();
    watch.look();
    expect([watch.stalled, watch.oldestSeconds]).toEqual([false, 2]);
    second();
    expect([watch.oldestSeconds, watch.underWay]).toEqual([0, 0]);
    expect(said).toEqual(['The log takes no appends.', 'The log takes appends again.']);
  });
});
