import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { endable } from './endable.js';

/** One item, and then nothing until it is told to end. */
async function* quiet(signal: AbortSignal): AsyncGenerator<string> {
  yield 'first';
  if (!signal.aborted) await once(signal, 'abort');
}

describe('A feed', () => {
  it('ends once and at once when its subscriber leaves, although its source waits', async () => {
    let ended = 0;
    const feed = endable(quiet, () => ended++);
    expect(await feed.next()).toEqual({ done: false, value: 'first' });
    const waiting = feed.next();
    await feed.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await feed.return?.();
    expect(ended).toBe(1);
  });

  it('ends when its source fails', async () => {
    let ended = 0;
    const broken = async function* (): AsyncGenerator<string> {
      yield 'first';
      throw new Error('The log is gone.');
    };
    const feed = endable(broken, () => ended++);
    await feed.next();
    await expect(feed.next()).rejects.toThrow('The log is gone.');
    expect(ended).toBe(1);
  });
});
