import { it } from '@jest/globals';
import { addDays } from '#event-sourcing/business-time.js';
import type { NewEvent } from '#event-sourcing/event.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { openDatabase } from '#projections/database.js';
import { prepare } from '#projections/prepare.js';
import { rebuild } from '#projections/rebuild.js';
import { closings } from '#read-models/closings/closings.projection.js';
import { closingsOf } from '#read-models/closings/closings.query.js';
import { funnel } from '#read-models/funnel/funnel.projection.js';
import { funnelOf } from '#read-models/funnel/funnel.query.js';
import { leadFunnel } from '#read-models/lead-funnel/lead-funnel.projection.js';
import { leadFunnelOf } from '#read-models/lead-funnel/lead-funnel.query.js';
import { organisation } from '#read-models/organisation/organisation.projection.js';
import { happened } from '#test/support/history.js';
import { testDatabase } from '#test/support/postgres.js';

const N = Number(process.env.OPPS ?? 100_000);
const silent = { info: () => {}, warn: () => {}, error: (...a: unknown[]) => console.log(a) };
it('measures', async () => {
  let seed = 1;
  const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
  const stages = ['A', 'B', 'C'];
  const first = '2024-01-01';
  const events: NewEvent[] = [happened(first, 'PipelineDefined', { pipelineId: 'default', name: 'd', stages: stages.map(stage => ({ stage, name: stage })) })];
  for (let i = 0; i < 5; i++) events.push(happened(first, 'TeamFormed', { teamId: `t${i}`, name: `T${i}`, region: `R${i % 3}` }));
  for (let i = 0; i < 50; i++) events.push(happened(first, 'EmployeeHired', { employeeId: `e${i}`, name: `E${i}`, teamId: `t${i % 5}` }));
  for (let i = 0; i < 50; i += 3) events.push(happened(first, 'EmployeeMoved', { employeeId: `e${i}`, teamId: `t${(i + 1) % 5}`, effectiveOn: addDays(first, 50 + i * 10) }));
  const days: NewEvent[][] = Array.from({ length: 900 }, () => []);
  const put = (day: number, make: (on: string) => NewEvent) => days[Math.min(day, 899)]!.push(make(addDays(first, Math.min(day, 899))));
  for (let i = 0; i < N; i++) {
    let day = Math.floor((i / N) * 730);
    const opportunityId = `opportunity-${i}`;
    const of = { opportunityId, ownerId: `e${random(50)}` };
    put(day, on => happened(on, 'OpportunityOpened', { ...of, pipelineId: 'default', pipelineVersion: 1, stages, source: `source ${random(8)}`, amount: { minor: random(100000), currency: 'CNY' }, openedOn: on }));
    let stage = -1;
    const steps = 1 + random(4);
    for (let s = 0; s < steps; s++) {
      if (stage < 2) { const to = stages[++stage]!; put(day, on => happened(on, 'StageAdvanced', { ...of, to })); }
      else break;
      day += random(20);
    }
    const fate = random(3);
    if (fate === 0) put(day, on => happened(on, 'OpportunityLost', { ...of, reason: `reason ${random(6)}`, lostOn: on }));
    if (fate === 1) put(day, on => happened(on, 'OpportunityWon', { ...of, wonOn: on }));
  }
  for (const day of days) for (const event of day) events.push(event);
  const store = new MemoryEventStore();
  for (let i = 0; i < events.length; i += 10_000) await store.append(`s-${i}`, 'noStream', events.slice(i, i + 10_000));
  const { url, drop } = await testDatabase();
  const database = openDatabase(url);
  const projections = process.env.KEEP ? [organisation, funnel] : [organisation, funnel, leadFunnel, closings];
  await prepare({ database, projections, timeZone: 'Asia/Shanghai' });
  const out: string[] = [`${events.length} events`];
  for (const projection of projections) {
    const r = await rebuild({ store, database, projection, timeZone: 'Asia/Shanghai', log: silent });
    out.push(`${projection.name}: ${Math.round(r.eventsPerSecond)} events/s, ${r.seconds} s`);
  }
  await database.pool.query('analyze');
  const db = database.kysely as never;
  const time = async (name: string, ask: () => Promise<unknown>) => {
    const times: number[] = [];
    for (let i = 0; i < 15; i++) { const start = performance.now(); await ask(); times.push(performance.now() - start); }
    times.sort((a, b) => a - b);
    out.push(`${name}: min ${times[0]!.toFixed(1)} median ${times[7]!.toFixed(1)} ms`);
  };
  const year = { from: '2024-03-10', to: '2025-03-20' };
  await time('funnel', () => funnelOf(db, { cohort: year, mode: 'IMPLIED', groupBy: [] }));
  await time('funnel all', () => funnelOf(db, { cohort: { from: '2020-01-01', to: '2030-01-01' }, mode: 'IMPLIED', groupBy: [] }));
  await time('funnel by region', () => funnelOf(db, { cohort: year, mode: 'IMPLIED', groupBy: ['REGION'] }));
  await time('funnel by owner, month', () => funnelOf(db, { cohort: year, mode: 'IMPLIED', groupBy: ['OWNER', 'COHORT_MONTH'] }));
  await time('funnel knownOn recent', () => funnelOf(db, { cohort: year, mode: 'IMPLIED', groupBy: [], knownOn: '2026-01-20' }));
  await time('funnel knownOn middle', () => funnelOf(db, { cohort: year, mode: 'IMPLIED', groupBy: [], knownOn: '2025-02-01' }));
  if (process.env.KEEP) { await (await import('node:fs/promises')).writeFile('/tmp/funnel-perf-url', url); await new Promise(r => setTimeout(r, 1_500_000)); }
  await time('lead funnel', () => leadFunnelOf(db, { cohort: year, groupBy: [] }));
  await time('closings', () => closingsOf(db, { closed: year, per: 'TOTAL', groupBy: [] }));
  await time('closings per month by team', () => closingsOf(db, { closed: year, per: 'MONTH', groupBy: ['TEAM'] }));
  for (const t of ['funnel.totals', 'lead_funnel.totals', 'closings.totals', 'closings.cycles', 'funnel.totals_changes']) out.push(`${t}: ${(await database.pool.query(`select count(*) n, pg_size_pretty(pg_total_relation_size('${t}')) s from ${t}`)).rows.map(r => JSON.stringify(r))}`);
  console.log(out.join('\n'));
  if (process.env.KEEP) { console.log(url); await new Promise(r => setTimeout(r, 900_000)); }
  await database.close();
  await drop();
}, 2_000_000);
