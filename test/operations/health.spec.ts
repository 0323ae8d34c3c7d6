import { afterEach, describe, expect, it } from '@jest/globals';
import { maxLagFrom } from '#apps/api/src/readiness.js';
import { anEvent, eventually, type Running, running } from './running.js';

let api: Running;

const ready = async () => {
  const { status, body } = await api.get('/health/ready');
  const { reasons, head } = JSON.parse(body) as { reasons?: string[]; head?: string };
  return { status, reasons, head };
};

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

describe('An API is ready', () => {
  afterEach(() => api?.close());

  it('when its read models have seen the log up to its head', async () => {
    api = await running({ maxLagSeconds: 30 });
    api.project();
    const answer = await eventually(ready, ({ status }) => status === 200);
    expect(answer.head).toBe(String(await api.system.store.head()));
  });

  it('not when nobody projects and events grow old, although no projector believes itself behind', async () => {
    api = await running({ maxLagSeconds: 30 });
    const stop = api.project();
    await eventually(ready, ({ status }) => status === 200);
    await stop();
    const lead = { leadId: 'l1', name: 'Wang Fang', source: 'website' };
    await api.system.store.append('lead-l1', 'noStream', [anEvent('LeadCaptured', lead, minutesAgo(5))]);
    const answer = await eventually(ready, ({ status }) => status === 503);
    expect(answer.reasons).toContainEqual(
      expect.stringMatching(/^leadFunnel is 30\d s behind the log, more than 30 s \(stopped\)\.$/),
    );
    api.project();
    await eventually(ready, ({ status }) => status === 200);
  });

  it('although read models are behind, where it was configured so', async () => {
    api = await running();
    const lead = { leadId: 'l1', name: 'Wang Fang', source: 'website' };
    await api.system.store.append('lead-l1', 'noStream', [anEvent('LeadCaptured', lead, minutesAgo(5))]);
    expect(await ready()).toMatchObject({ status: 200 });
  });

  it('not while log and read models cannot be reached, and alive all the while', async () => {
    api = await running({ maxLagSeconds: 30 });
    await api.database.drop();
    expect(await ready()).toEqual({
      status: 503,
      reasons: ['The log cannot be reached.', 'The read models cannot be reached.'],
    });
    expect(await api.get('/health/live')).toEqual({ status: 200, body: '{"status":"live"}' });
  });
});

describe('READY_MAX_LAG_SECONDS', () => {
  it('is 30 seconds unless stated, and may be switched off', () => {
    expect([
      maxLagFrom({}),
      maxLagFrom({ READY_MAX_LAG_SECONDS: '5' }),
      maxLagFrom({ READY_MAX_LAG_SECONDS: 'off' }),
    ]).toEqual([30, 5, undefined]);
    expect(() => maxLagFrom({ READY_MAX_LAG_SECONDS: 'soon' })).toThrow('READY_MAX_LAG_SECONDS is "soon"');
  });
});
