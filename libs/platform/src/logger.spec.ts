import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { openLogger } from './logger.js';

/** What was written to standard error; the log does so by writes that wait. */
let written: string;
beforeEach(() => {
  written = '';
  jest.spyOn(fs, 'writeSync').mockImplementation(((_to: number, text: string) => {
    written += text;
    return Buffer.byteLength(text);
  }) as typeof fs.writeSync);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** As pg throws it, and with an event as a fold that failed has one. */
const refused = () =>
  Object.assign(new TypeError('It was refused.', { cause: new Error('No such column.') }), {
    code: '42703',
    detail: 'Key (name)=(Wang Fang) is there already.',
    event: { data: { name: 'Wang Fang' }, position: 7n },
  });

describe('The log', () => {
  it.each(['error', 'err'])(
    'tells what an error under %s is, with its causes, and nothing else that hangs on it',
    key => {
      openLogger({ logLevel: 'info' }).error({ [key]: refused() }, 'It does not get on.');
      const { [key]: told, msg } = JSON.parse(written);
      expect([told, msg]).toEqual([
        {
          type: 'TypeError',
          message: 'It was refused.: No such column.',
          code: '42703',
          stack: expect.stringContaining('logger.spec.ts'),
        },
        'It does not get on.',
      ]);
      expect(written).not.toContain('Wang Fang');
    },
  );

  it('writes what is no error as it is', () => {
    openLogger({ logLevel: 'info' }).error({ error: 'a text' }, 'It does not get on.');
    expect(JSON.parse(written)).toMatchObject({ error: 'a text' });
  });

  it('keeps an error within its line', () => {
    openLogger({ logLevel: 'info' }).error({ error: new Error('a\n{"msg":"forged"}\u2028b') }, 'It does not get on.');
    expect(written).toMatch(/^[^\n\u2028]*\n$/);
  });
});
