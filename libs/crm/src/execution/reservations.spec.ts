import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { type Claim, Reservations } from './reservations.js';

const claim: Claim = { kind: 'customer', name: 'taxNumber', value: '9133' };
const keyed = (text: string) => createHmac('sha256', 'a secret').update(text).digest('hex');

const at = (recordedAt: string) => ({
  recordedAt,
  metadata: {
    $correlationId: 'correlation',
    $causationId: 'causation',
    actor: { id: 'tester', role: 'administrator' },
    reason: 'as 王芳 wanted',
    occurredAt: recordedAt,
    schemaVersion: 1,
  },
});

async function streamsOf(store: MemoryEventStore): Promise<string[]> {
  const streams: string[] = [];
  for await (const { events } of store.readAll()) streams.push(...events.map(({ stream }) => stream));
  return streams;
}

describe('A unique value', () => {
  it('is claimed under a name that only who has the key can tell, and without the reason', async () => {
    const store = new MemoryEventStore();
    await new Reservations(store, async () => true, keyed).claim(claim, 'c1', at('2026-03-02T08:00:00.000Z'));
    const name = `reservation-${keyed(JSON.stringify(['customer', 'taxNumber', '9133']))}`;
    expect(await streamsOf(store)).toEqual([name]);
    for await (const event of store.readStream(name)) expect(event.metadata).not.toHaveProperty('reason');
  });

  it('that was claimed before there was a key is taken as long as its owner holds it', async () => {
    const store = new MemoryEventStore();
    await new Reservations(store, async () => true).claim(claim, 'c1', at('2026-03-02T08:00:00.000Z'));
    const later = at('2026-03-02T09:00:00.000Z');
    const held = new Reservations(store, async () => true, keyed);
    await expect(held.claim(claim, 'c2', later)).rejects.toMatchObject({ code: 'ALREADY_TAKEN' });
    await held.claim(claim, 'c1', later);
    const givenUp = new Reservations(store, async owner => owner !== 'c1', keyed);
    await givenUp.claim(claim, 'c2', at('2026-03-02T10:30:00.000Z'));
    expect((await streamsOf(store)).length).toBe(3);
  });
});
