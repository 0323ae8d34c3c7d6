import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NewEvent } from '#event-sourcing/event.js';
import { ERASED } from '#event-sourcing/privacy.js';
import { newEvent } from '#event-store/contract/new-event.js';
import { encryptedBelatedly, readBelatedly } from './belated.js';
import { openedEvents } from './opened-events.js';
import { testKeys } from './testing/keys.js';

const before = { Met: { about: ['customerId'], personal: ['name'] }, Counted: { about: 'nobody' } } as const;
/** A field turned out to be personal, too. */
const after = { ...before, Met: { about: ['customerId'], personal: ['name', 'note'] } } as const;

let opened: Awaited<ReturnType<typeof testKeys>>;
beforeAll(async () => {
  opened = await testKeys();
});
afterAll(() => opened?.close());

const met = (customerId: string) => newEvent('Met', { customerId, name: '李娜', note: 'after six', age: 41 });
const stored = (event: NewEvent, privacy: typeof before | typeof after = after) =>
  encryptedBelatedly([event], opened.keys, privacy).then(([one]) => one!);
const read = async (event: NewEvent) => (await openedEvents([event], opened.keys))[0]!.data;

describe('What was recorded in clear', () => {
  it('is encrypted later on, and reads as before', async () => {
    const event = met('c1');
    const late = await stored(event);
    expect(JSON.stringify(late)).not.toMatch(/李娜|after six/);
    expect(late).toMatchObject({ id: event.id, type: 'Met', recordedAt: event.recordedAt, data: { age: 41 } });
    expect(await read(late)).toEqual(event.data);
    expect(await readBelatedly([event], opened.keys, after)).toEqual([event]);
  });

  it('goes in with what was encrypted before, where a field was declared personal later', async () => {
    const event = met('c2');
    const early = await stored(event, before);
    expect(JSON.stringify(early)).toContain('after six');
    const late = await stored(early);
    expect(late.data).toMatchObject({ $personal: { f: ['name', 'note'] }, age: 41 });
    expect(JSON.stringify(late)).not.toContain('after six');
    expect(await read(late)).toEqual(event.data);
  });

  it('cannot be read any more when the person was erased, whatever of it was encrypted', async () => {
    const [clear, early] = [met('c3'), await stored(met('c3'), before)];
    await opened.keys.destroy(['customer:c3']);
    for (const event of [clear, early]) {
      const late = await stored(event);
      expect(JSON.stringify(late)).not.toMatch(/李娜|after six/);
      expect(await read(late)).toEqual({ customerId: 'c3', name: ERASED, note: ERASED, age: 41 });
      const [expected] = await readBelatedly([event], opened.keys, after);
      expect(expected!.data).toEqual(await read(late));
    }
  });

  it('is left as it is where it is nobody’s, or encrypted already', async () => {
    const counted = newEvent('Counted', { n: 1 });
    const late = await stored(met('c4'));
    expect(await encryptedBelatedly([counted, late], opened.keys, after)).toEqual([counted, late]);
  });
});
