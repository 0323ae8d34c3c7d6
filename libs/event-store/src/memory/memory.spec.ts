import { describe, expect, it } from '@jest/globals';
import { eventStoreContract } from '../contract/event-store.contract.js';
import { newEvent } from '../contract/new-event.js';
import { all } from '../contract/opened-store.js';
import { MemoryEventStore } from './memory-event-store.js';

eventStoreContract(
  'The log in memory',
  async () => {
    const store = new MemoryEventStore();
    return { store, close: () => store.close() };
  },
  { cuttable: false },
);

describe('The log in memory', () => {
  it('takes its time stamps from the clock that it was given', async () => {
    const store = new MemoryEventStore(() => Date.UTC(2026, 2, 1));
    await store.append('lead-1', 'noStream', [newEvent('LeadCaptured', {})]);
    const [event] = await all(store.readStream('lead-1'));
    expect(event?.storedAt).toBe('2026-03-01T00:00:00.000Z');
  });

  it('refuses an append without events', async () => {
    await expect(new MemoryEventStore().append('lead-1', 'noStream', [])).rejects.toThrow('at least one event');
  });
});
