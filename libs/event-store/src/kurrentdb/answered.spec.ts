import { describe, expect, it } from '@jest/globals';
import { ANSWER_TIMEOUT, answered, answerTimeoutOf, NoAnswer, type Patience, taken } from './answered.js';

const never = new Promise<never>(() => undefined);

async function* oneAndThen<T>(next: Promise<T>) {
  yield 'one';
  yield await next;
}

async function collected<T>(items: AsyncIterable<T>, patience?: Patience): Promise<T[]> {
  const found: T[] = [];
  await taken(items, item => found.push(item), patience);
  return found;
}

describe('A call to the event store', () => {
  it('hands on the answer, and the error', async () => {
    expect(await answered(Promise.resolve('answer'))).toBe('answer');
    await expect(answered(Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(await collected(oneAndThen(Promise.resolve('two')))).toEqual(['one', 'two']);
  });

  it('fails when the store falls silent, also in the middle of a read', async () => {
    await expect(answered(never, { timeout: 1 })).rejects.toThrow(NoAnswer);
    await expect(collected(oneAndThen(never), { timeout: 1 })).rejects.toThrow(NoAnswer);
  });

  it('ends as soon as its signal is aborted', async () => {
    const stop = new AbortController();
    const waiting = collected(oneAndThen(never), { signal: stop.signal });
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(answered(never, { signal: stop.signal })).rejects.toThrow('stopped');
  });

  it('is read to its end also when nobody waits for it any more, and hands on nothing then', async () => {
    let answer: (text: string) => void = () => undefined;
    const late = new Promise<string>(resolve => {
      answer = resolve;
    });
    let isRead: () => void = () => undefined;
    const readToItsEnd = new Promise<void>(resolve => {
      isRead = resolve;
    });
    const items = async function* () {
      yield* oneAndThen(late);
      isRead();
    };
    const found: string[] = [];
    await expect(taken(items(), item => found.push(item), { timeout: 1 })).rejects.toThrow(NoAnswer);
    answer('two');
    await readToItsEnd;
    expect(found).toEqual(['one']);
  });

  it('is waited for as long as the connection string says', () => {
    expect(answerTimeoutOf('kurrentdb://one:2113,two:2113?tls=false&defaultDeadline=2500')).toBe(2_500);
    expect(answerTimeoutOf('kurrentdb://one:2113?tls=false')).toBe(ANSWER_TIMEOUT);
  });
});
