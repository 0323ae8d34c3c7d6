import { describe, expect, it } from '@jest/globals';
import { ANSWER_TIMEOUT, answered, answerTimeoutOf, collected, NoAnswer } from './answered.js';

const never = new Promise<never>(() => undefined);

async function* oneAndThen<T>(next: Promise<T>) {
  yield 'one';
  yield await next;
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

  it('is waited for as long as the connection string says', () => {
    expect(answerTimeoutOf('kurrentdb://one:2113,two:2113?tls=false&defaultDeadline=2500')).toBe(2_500);
    expect(answerTimeoutOf('kurrentdb://one:2113?tls=false')).toBe(ANSWER_TIMEOUT);
  });
});
