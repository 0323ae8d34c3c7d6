import { expect, it } from '@jest/globals';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { Page } from '#event-sourcing/event-store.js';
import { Lane } from './lane.js';

const page = (...positions: number[]): Page => ({
  events: positions.map(position => ({ position: BigInt(position) }) as RecordedEvent),
  upTo: BigInt(positions.at(-1)!),
});

/** A lane whose taking lasts until somebody says so. */
function slowLane(most: number) {
  const pages: string[] = [];
  let finish = () => {};
  const lane = new Lane(({ events, upTo }) => {
    pages.push(`${events.map(({ position }) => position)} up to ${upTo}`);
    return new Promise<void>(resolve => {
      finish = resolve;
    });
  }, most);
  return { lane, pages, finish: () => finish() };
}

const turn = () => new Promise<void>(resolve => setImmediate(resolve));
const settled = async (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => true), turn().then(() => false)]);

it('A lane takes what has come meanwhile as one page', async () => {
  const { lane, pages, finish } = slowLane(10);
  await lane.give(page(1));
  await lane.give(page(2, 3));
  await lane.give(page(5));
  expect(pages).toEqual(['1 up to 1']);
  finish();
  await turn();
  expect(pages).toEqual(['1 up to 1', '2,3,5 up to 5']);
});

it('It lets the reader wait when too much waits', async () => {
  const { lane, pages, finish } = slowLane(2);
  await lane.give(page(1));
  await lane.give(page(2, 3));
  const given = lane.give(page(4));
  expect(await settled(given)).toBe(false);
  finish();
  await given;
  finish();
  await turn();
  expect(pages).toEqual(['1 up to 1', '2,3 up to 3', '4 up to 4']);
});

it('It forgets what waits, and rests when it has taken what it is at', async () => {
  const { lane, pages, finish } = slowLane(10);
  await lane.give(page(1));
  await lane.give(page(2));
  lane.forget();
  const rested = lane.rest();
  expect(await settled(rested)).toBe(false);
  finish();
  await rested;
  expect(pages).toEqual(['1 up to 1']);
});
