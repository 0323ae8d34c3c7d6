import { describe, expect, it } from '@jest/globals';
import { textOf } from './portioned-text.js';
import { Turns } from './turns.js';

const leads = Array.from({ length: 500 }, (_, n) => ({ n, name: `线索 "${n}"`, tags: [n, null], owner: undefined }));

/** The text, and how often others had their turn before it was there. */
async function written(answer: object) {
  let [turns, running] = [0, true];
  const others = () => {
    turns++;
    if (running) setImmediate(others);
  };
  setImmediate(others);
  const text = await textOf(answer, new Turns());
  running = false;
  return { text, turns };
}

describe('The text of an answer', () => {
  it('is the same in portions, with turns for others in between', async () => {
    const answer = {
      errors: undefined,
      data: { all: { nodes: leads, totalCount: 500 }, 'a"b': [...leads, null, undefined] },
    };
    const { text, turns } = await written(answer);
    expect(text).toBe(JSON.stringify(answer));
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  it('is written at once where it is short', async () => {
    const answer = { data: { leads: leads.slice(0, 20), none: null } };
    expect(await written(answer)).toEqual({ text: JSON.stringify(answer), turns: 0 });
  });
});
