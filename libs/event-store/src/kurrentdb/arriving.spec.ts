import { describe, expect, it } from '@jest/globals';
import { arriving } from './arriving.js';

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('What arrives by itself', () => {
  it('is handed on in its order, whether it came before or while it was waited for', async () => {
    const items = arriving<number>(async push => {
      push(1);
      push(2);
      await Promise.resolve();
      push(3);
    });
    expect(await collected(items)).toEqual([1, 2, 3]);
  });

  it('comes to its end also when the reader takes nothing', async () => {
    let pushed = 0;
    const items = arriving<number>(async push => {
      for (; pushed < 3; pushed++) {
        push(pushed);
        await Promise.resolve();
      }
    });
    expect(await items.next()).toEqual({ value: 0, done: false });
    await items.return(undefined);
    await new Promise(setImmediate);
    expect(pushed).toBe(3);
  });

  it('fails behind what has come before the failure', async () => {
    const items = arriving<number>(async push => {
      push(1);
      throw new Error('broken');
    });
    expect(await items.next()).toEqual({ value: 1, done: false });
    await expect(items.next()).rejects.toThrow('broken');
  });
});
