import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { project } from '#apps/system/src/projecting.js';
import { openSystem } from '#apps/system/src/system.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { openEventStore } from '#event-store/open-event-store.js';
import { configFrom } from '#platform/config.js';
import { waitForPosition } from '#projections/wait.js';
import { projections } from '#read-models/read-models.js';
import { startEventStoreDouble } from '#test/eventstoredb/event-store-double.js';
import { child } from '#test/support/child.js';
import { MASTER_KEY } from '#test/support/master-key.js';
import { testDatabase } from '#test/support/postgres.js';
import { type Collector, type SentSpan, startCollector } from './collector.js';
import { type Running, running } from './running.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const names = projections.map(({ name }) => name);

let folder: string;
const opened: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chronicle-tracing-'));
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function collecting(): Promise<Collector> {
  const collector = await startCollector();
  opened.push(() => collector.close());
  return collector;
}

/** A mutation whose caller traces it. */
const mutate = (api: Running, mutation: string, sampled = '01') =>
  fetch(`${api.origin}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: api.authorization,
      traceparent: `00-${TRACE}-${CALLER}-${sampled}`,
    },
    body: JSON.stringify({ query: `mutation { ${mutation} { id } }` }),
  });

async function traceparentsIn(store: EventStore, stream: string): Promise<(string | undefined)[]> {
  const found = [];
  for await (const { metadata } of store.readStream(stream)) found.push(metadata.traceparent);
  return found;
}

const only = (spans: readonly SentSpan[], name: string): SentSpan => {
  const [found, ...others] = spans.filter(span => span.name === name);
  if (!found || others.length > 0)
    throw new Error(`${others.length + (found ? 1 : 0)} spans ${name} of ${spans.map(span => span.name)}`);
  return found;
};

describe('A trace', () => {
  it('goes from the mutation through command and append to policies and projections of another process, through EventStoreDB', async () => {
    const [collector, double] = [await collecting(), await startEventStoreDouble()];
    opened.push(() => double.close());
    const traced = { EVENT_STORE_URL: double.url, MASTER_KEY, OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint };
    const api = await running({}, { ...traced, OTEL_SERVICE_NAME: 'api' });
    const other = {
      ...traced,
      DATA_DIR: folder,
      DATABASE_URL: api.database.url,
      LOG_LEVEL: 'silent',
      OTEL_SERVICE_NAME: 'projector',
    };
    const projector = await openSystem(configFrom(other));
    const stop = new AbortController();
    const projecting = project(projector, stop.signal);

    await mutate(api, 'captureLead(input: { leadId: "l1", name: "Wang Fang" })');
    await mutate(api, 'convertLead(input: { leadId: "l1", opportunityName: "A first deal" })');
    await mutate(api, 'qualifyLead(input: { leadId: "nobody", score: 80 })');
    await waitForPosition(projector.database, ['converted-lead'], await api.system.store.head(), 20_000);
    await waitForPosition(projector.database, names, await api.system.store.head(), 20_000);
    const stored = await traceparentsIn(api.system.store, 'lead-l1');
    stop.abort();
    await projecting;
    await projector.close();
    await api.close();

    const { spans } = collector;
    const request = only(spans, 'mutation captureLead');
    expect(request).toMatchObject({ service: 'api', kind: 2, traceId: TRACE, parentSpanId: CALLER, status: 0 });
    expect(request.attributes).toMatchObject({ 'chronicle.outcome': 'ok', 'http.response.status_code': 200 });
    const command = only(spans, 'command CaptureLead');
    expect(command).toMatchObject({ traceId: TRACE, parentSpanId: request.spanId });
    expect(command.attributes).toMatchObject({ 'chronicle.outcome': 'changed', 'chronicle.id': 'l1' });
    const append = spans.find(({ parentSpanId }) => parentSpanId === command.spanId);
    expect(append).toMatchObject({ name: 'append', attributes: { 'chronicle.stream': 'lead-l1' } });

    const conversion = only(spans, 'command ConvertLead');
    expect(stored).toEqual([command, conversion].map(({ spanId }) => `00-${TRACE}-${spanId}-01`));
    const page = spans.find(
      ({ name, links }) => name === 'project leadFunnel' && links.some(({ spanId }) => spanId === command.spanId),
    );
    expect(page?.service).toBe('projector');
    expect(page?.traceId).not.toBe(TRACE);
    expect(page?.links).toContainEqual({ traceId: TRACE, spanId: command.spanId });

    const policy = only(spans, 'policy converted-lead');
    expect(policy).toMatchObject({ service: 'projector', traceId: TRACE, parentSpanId: conversion.spanId });
    expect(only(spans, 'command OpenOpportunity').parentSpanId).toBe(policy.spanId);

    expect(only(spans, 'mutation qualifyLead').attributes).toMatchObject({ 'chronicle.outcome': 'refused' });
    expect(only(spans, 'command QualifyLead').attributes).toMatchObject({ 'chronicle.outcome': 'NOT_FOUND' });
  });

  it('is not recorded where its caller does not record it', async () => {
    const collector = await collecting();
    const api = await running({}, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
    await mutate(api, 'captureLead(input: { leadId: "l1", name: "Wang Fang" })', '00');
    expect(await traceparentsIn(api.system.store, 'lead-l1')).toEqual([undefined]);
    await api.close();
    expect(collector.spans.filter(({ traceId }) => traceId === TRACE)).toEqual([]);
  });

  it('does not hold up the end of the process when its collector is gone', async () => {
    const collector = await startCollector();
    const api = await running({}, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
    await collector.close();
    expect((await mutate(api, 'captureLead(input: { leadId: "l1", name: "Wang Fang" })')).status).toBe(200);
    const began = performance.now();
    await api.close();
    expect(performance.now() - began).toBeLessThan(9_000);
  });
});

describe('Without a collector', () => {
  it('nothing of the SDK is loaded, and events carry no trace', async () => {
    const [database, { endpoint }] = [await testDatabase(), await collecting()];
    opened.push(() => database.drop());
    const environment = {
      DATABASE_URL: database.url,
      EVENT_STORE_URL: database.url,
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATA_DIR: folder,
    };
    // An API without and then, as the control, one with a collector, in a process that has loaded nothing yet.
    const process = child(`
      import 'reflect-metadata';
      import { createRequire } from 'node:module';
      import { listen } from '#apps/api/src/listen.js';
      import { openSystem } from '#apps/system/src/system.js';
      import { openEventStore } from '#event-store/open-event-store.js';
import { configFrom } from '#platform/config.js';
      async function modulesLoaded(further) {
        const system = await openSystem(configFrom({ ...${JSON.stringify(environment)}, ...further }));
        const api = await listen(system);
        const body = JSON.stringify({ query: 'mutation { captureLead(input: { leadId: "l1", name: "A" }) { id } }' });
        await fetch(api.url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer ' + api.token }, body });
        await api.close();
        await system.close();
        const { cache } = createRequire(process.cwd() + '/any.js');
        // prom-client loads the bare interface for itself.
        return Object.keys(cache).filter(file => /@opentelemetry.(?!api.)/.test(file)).length;
      }
      console.log(await modulesLoaded({}));
      console.log(await modulesLoaded({ OTEL_EXPORTER_OTLP_ENDPOINT: '${endpoint}' }));`);
    expect(await process.line()).toBe('0');
    expect(Number(await process.line())).toBeGreaterThan(0);
    expect(await process.ended).toBe(0);
    const store = await openEventStore(database.url);
    expect(await traceparentsIn(store, 'lead-l1')).toEqual([undefined]);
    await store.close();
  });
});
