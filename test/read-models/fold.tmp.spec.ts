import { it } from '@jest/globals';
import { addDays } from '#event-sourcing/business-time.js';
import type { NewEvent } from '#event-sourcing/event.js';
import { Fold } from '#projections/fold.js';
import { planOf } from '#projections/plan.js';
import { projected } from '#projections/projected-events.js';
import { closings } from '#read-models/closings/closings.projection.js';
import { funnel } from '#read-models/funnel/funnel.projection.js';
import { stepsOf } from '#read-models/funnel/funnel.steps.js';
import { leadFunnel } from '#read-models/lead-funnel/lead-funnel.projection.js';
import { happened, recorded } from '#test/support/history.js';

it('measures', () => {
  const N = 60_000;
  let seed = 1;
  const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
  const stages = ['A', 'B', 'C'];
  const first = '2024-01-01';
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
  const events = recorded(days.flat());
  const out: string[] = [`${events.length} events`];
  for (const projection of process.env.F ? [funnel, funnel] : [funnel, leadFunnel, closings, funnel, leadFunnel, closings]) {
    const plan = planOf(projection);
    const fold = new Fold(plan, 1e9);
    let lines = 0;
    let steps = 0; void stepsOf; void steps;
    const start = process.cpuUsage();
    for (let i = 0; i < events.length; i += 10_000) {
      const agenda = fold.agenda(events.slice(i, i + 10_000).map(e => projected(e, 'Asia/Shanghai')));
      for (const [p, keys] of agenda.missing) fold.adopt(p, keys);
      fold.run(agenda);
      for (const t of fold.totals.values()) lines += t.drain().length;
      fold.keep();
    }
    const { user, system } = process.cpuUsage(start);
    out.push(`${projection.name}: ${((user + system) / events.length).toFixed(2)} µs cpu/event, ${lines} change lines`);
  }
  console.log(out.join('\n'));
}, 100_000);
