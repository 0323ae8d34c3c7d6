import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jsonEvent, KurrentDBClient, MaxAppendSizeExceededError } from '@kurrent/kurrentdb-client';
import type { EventStore } from '#event-sourcing/event-store.js';
import { type EventStoreDouble, startEventStoreDouble } from '#test/eventstoredb/event-store-double.js';
import { newEvent, newEvents } from '../contract/new-event.js';
import { all, eventsOf, idsOf } from '../contract/opened-store.js';
import { openKurrentdbStore } from './kurrentdb-event-store.js';

describe('A log in EventStoreDB', () => {
  let double: EventStoreDouble;
  let store: EventStore;
  beforeAll(async () => {
    double = await startEventStoreDouble();
    store = openKurrentdbStore(double.url);
  });
  afterAll(async () => {
    await store.close();
    await double.close();
  });

  it('begins empty, because the server’s own events are not ours', async () => {
    expect(await store.head()).toBe(0n);
    expect(await all(store.readAll())).toEqual([]);
  });

  it('has its head at our last event, also when the server wrote one of its own behind it', async () => {
    const ours = newEvents('LeadCaptured', 20);
    const answers = [];
    for (const event of ours) answers.push(await store.append(`lead-${event.id}`, 'noStream', [event]));
    for (const [index, { position }] of answers.entries())
      if (index % 10 === 9)
        expect(idsOf(eventsOf(await all(store.readAll({ after: position }))))).toEqual(idsOf(ours.slice(index + 1)));
    expect(await store.head()).toBe(answers.at(-1)!.position);
    expect(idsOf(eventsOf(await all(store.readAll())))).toEqual(idsOf(ours));
  });

  it('is opened by either scheme of connection string', async () => {
    const older = openKurrentdbStore(double.url.replace('kurrentdb:', 'esdb:'));
    expect(await older.head()).toBe(await store.head());
    await older.close();
  });

  it('reads events of other applications, which were recorded when they were stored', async () => {
    const client = KurrentDBClient.connectionString(double.url);
    const stream = `foreign-${randomUUID()}`;
    await client.appendToStream(stream, jsonEvent({ type: 'Imported', data: { n: 1 } }));
    await client.dispose();
    const [event] = await all(store.readStream(stream));
    expect(event).toMatchObject({ stream, type: 'Imported', data: { n: 1 }, metadata: {}, revision: 0n });
    expect(event!.recordedAt).toBe(event!.storedAt);
  });

  it('says that an append is too large, and does not try it again', async () => {
    const large = newEvent('LeadCaptured', { text: 'x'.repeat(1_100_000) });
    await expect(store.append(`lead-${large.id}`, 'noStream', [large])).rejects.toThrow(MaxAppendSizeExceededError);
    expect(await all(store.readStream(`lead-${large.id}`))).toEqual([]);
  });

  it('refuses an append without events', async () => {
    await expect(store.append('lead-1', 'noStream', [])).rejects.toThrow('at least one event');
  });

  it.each(['just opened', 'in use'])('waits for a server that is away, when it is %s', async state => {
    const own = openKurrentdbStore(double.url);
    const stream = `lead-${randomUUID()}`;
    if (state === 'in use') await own.append(`lead-${randomUUID()}`, 'noStream', newEvents('LeadCaptured', 1));
    for (const call of [
      () => own.append(stream, 'noStream', newEvents('LeadCaptured', 2)),
      () => all(own.readStream(stream)),
      () => all(own.readAll()),
    ]) {
      const interruption = double.interrupt();
      const calling = call();
      await interruption.tried;
      interruption.end();
      await calling;
    }
    expect(await all(store.readStream(stream))).toHaveLength(2);
    await own.close();
  });

  it('ends its followers when it is closed', async () => {
    const closing = openKurrentdbStore(double.url);
    const pages = [];
    for await (const page of closing.follow({})) {
      pages.push(page);
      await closing.close();
    }
    expect(pages).toHaveLength(1);
  });
});
