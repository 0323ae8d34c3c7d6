import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DraftContract, SignContract } from '#crm/contract/contract.commands.js';
import { RegisterCustomer } from '#crm/customer/customer.commands.js';
import { HireEmployee, MoveEmployee } from '#crm/employee/employee.commands.js';
import { CaptureLead, DisqualifyLead } from '#crm/lead/lead.commands.js';
import { OpenOpportunity, RecordStageEntry, WinOpportunity } from '#crm/opportunity/opportunity.commands.js';
import { ReceivePayment } from '#crm/payment/payment.commands.js';
import { DefinePipeline, RevisePipeline } from '#crm/pipeline/pipeline.commands.js';
import { FormTeam } from '#crm/team/team.commands.js';
import { closings } from '#read-models/closings/closings.projection.js';
import { ClosingsResolver } from '#read-models/closings/closings.resolver.js';
import { funnel } from '#read-models/funnel/funnel.projection.js';
import { FunnelResolver } from '#read-models/funnel/funnel.resolver.js';
import { leadFunnel } from '#read-models/lead-funnel/lead-funnel.projection.js';
import { LeadFunnelResolver } from '#read-models/lead-funnel/lead-funnel.resolver.js';
import { organisation } from '#read-models/organisation/organisation.projection.js';
import { type QueryableCrm, queryableCrm } from './queryable-crm.js';

const cny = (minor: number) => ({ minor, currency: 'CNY' });
const noon = (day: string) => `${day}T04:00:00.000Z`;

let crm: QueryableCrm;
beforeAll(async () => {
  crm = await queryableCrm(
    [organisation, funnel, leadFunnel, closings],
    [FunnelResolver, LeadFunnelResolver, ClosingsResolver],
  );
  const { send } = crm;
  await send(FormTeam, { teamId: 'east', name: '华东组', region: '华东' });
  await send(FormTeam, { teamId: 'north', name: '华北组', region: '华北' });
  await send(HireEmployee, { employeeId: 'li', name: '李雷', teamId: 'east', hiredOn: '2026-01-10' });
  // A namesake.
  await send(HireEmployee, { employeeId: 'li2', name: '李雷', teamId: 'east' });
  await send(MoveEmployee, { employeeId: 'li', teamId: 'north', effectiveOn: '2026-01-15' });
  await send(RegisterCustomer, { customerId: 'c1', name: '华东机电' });

  const open = (opportunityId: string, day: string, more: object = {}) =>
    send(OpenOpportunity, { opportunityId, customerId: 'c1', ownerId: 'li', occurredAt: noon(day), ...more });
  const enter = (opportunityId: string, stage: string, day: string, more: object = {}) =>
    send(RecordStageEntry, { opportunityId, stage, occurredAt: noon(day), ...more });
  // Before the hiring, before the move, after it.
  await open('o1', '2026-01-05', { amount: cny(100), source: 'fair' });
  await open('o2', '2026-01-12', { amount: cny(200) });
  await open('o3', '2026-01-20', { amount: { minor: 300, currency: 'USD' } });
  await open('o4', '2026-01-20', { ownerId: 'li2', amount: cny(400) });
  await enter('o1', 'Proposal', '2026-01-08');
  await enter('o1', 'won', '2026-01-25');
  await enter('o2', 'Negotiation', '2026-01-18');
  await enter('o2', 'lost', '2026-02-02', { reason: '价格' });
  await send(DraftContract, { contractId: 'k1', customerId: 'c1', opportunityId: 'o1', amount: cny(100) });
  await send(SignContract, { contractId: 'k1' });
  await send(ReceivePayment, { paymentId: 'p1', customerId: 'c1', contractId: 'k1', amount: cny(100) });

  await send(CaptureLead, { leadId: 'l1', name: '王芳', source: 'web', ownerId: 'li', occurredAt: noon('2026-02-01') });
  await send(CaptureLead, { leadId: 'l2', name: '张三', ownerId: 'li', occurredAt: noon('2026-02-02') });
  await send(DisqualifyLead, { leadId: 'l2', reason: '空号', occurredAt: noon('2026-02-03') });
}, 60_000);
afterAll(() => crm?.close());

const january = '{ from: "2026-01-01", to: "2026-01-31" }';
const stagesOf = (fields: string) => `stages { ${fields} }`;

describe('the funnel over GraphQL', () => {
  it('shows the steps of the pipeline by name, with rates, amounts and reasons', async () => {
    const { funnel } = await crm.query(`query ($atLeast: Position) {
      funnel(cohort: ${january}, atLeast: $atLeast) {
        pipelineId population won lost winRate groups { key }
        ${stagesOf('stage name reached lostHere openHere stepRate cumulativeRate amount { minor currency } amounts { minor currency } lossReasons { reason count }')}
      }
    }`);
    const usd = { minor: 300, currency: 'USD' };
    const none = { lostHere: 0, openHere: 0, lossReasons: [] };
    const lost = { ...none, lostHere: 1, lossReasons: [{ reason: '价格', count: 1 }] };
    const one = (minor: number) => ({ amount: cny(minor), amounts: [cny(minor)] });
    expect(funnel).toEqual({
      pipelineId: 'default',
      population: 4,
      won: 1,
      lost: 1,
      winRate: 0.25,
      groups: [],
      stages: [
        {
          ...none,
          ...{ stage: 'NeedsConfirmed', name: '需求确认', reached: 4, openHere: 2, stepRate: 0.5, cumulativeRate: 1 },
          ...{ amount: null, amounts: [cny(700), usd] },
        },
        { ...none, stage: 'Proposal', name: '方案报价', reached: 2, stepRate: 1, cumulativeRate: 0.5, ...one(300) },
        {
          ...lost,
          stage: 'Negotiation',
          name: '合同谈判',
          reached: 2,
          stepRate: 0.5,
          cumulativeRate: 0.5,
          ...one(300),
        },
        { ...none, stage: 'won', name: '签约', reached: 1, stepRate: 1, cumulativeRate: 0.25, ...one(100) },
        { ...none, stage: 'paid', name: '回款', reached: 1, stepRate: null, cumulativeRate: 0.25, ...one(100) },
      ],
    });
  });

  it('follows the organisation of the day, also before somebody was hired, and keeps namesakes apart', async () => {
    const { funnel } = await crm.query(`query ($atLeast: Position) {
      funnel(cohort: ${january}, groupBy: [REGION, OWNER], atLeast: $atLeast) {
        groups { key population dimensions { dimension id label } }
      }
    }`);
    const of = (region: string, id: string) => [
      { dimension: 'REGION', id: region, label: region },
      { dimension: 'OWNER', id, label: '李雷' },
    ];
    expect(funnel).toEqual({
      groups: [
        { key: '华东 / 李雷', population: 2, dimensions: of('华东', 'li') },
        { key: '华东 / 李雷', population: 1, dimensions: of('华东', 'li2') },
        { key: '华北 / 李雷', population: 1, dimensions: of('华北', 'li') },
      ].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)),
    });
  });

  it('of an empty cohort has no rates, and no amounts', async () => {
    const { funnel } = await crm.query(`query ($atLeast: Position) {
      funnel(cohort: { from: "2020-01-01", to: "2020-12-31" }, mode: STRICT, atLeast: $atLeast) {
        population winRate ${stagesOf('reached stepRate cumulativeRate amount { minor currency } amounts { minor }')}
      }
    }`);
    const empty = { reached: 0, stepRate: null, cumulativeRate: null, amount: cny(0), amounts: [] };
    expect(funnel).toEqual({ population: 0, winRate: null, stages: Array(5).fill(empty) });
  });

  it('knew nothing before anything was recorded', async () => {
    const { funnel } = await crm.query(`query ($atLeast: Position) {
      funnel(cohort: ${january}, knownOn: "2026-02-28", groupBy: [TEAM], atLeast: $atLeast) { population groups { key } }
    }`);
    expect(funnel).toEqual({ population: 0, groups: [] });
  });

  it('keeps a stage that was abandoned where it stood, and implies a new one for those who went past it', async () => {
    const { send } = crm;
    const pipelineId = 'channel';
    const stage = (code: string) => ({ stage: code, name: `Stage ${code}` });
    await send(DefinePipeline, { pipelineId, name: '渠道', stages: [stage('A'), stage('B'), stage('C')] });
    await send(OpenOpportunity, { opportunityId: 'o5', pipelineId, stage: 'B' });
    await send(RevisePipeline, { pipelineId, stages: [stage('A'), stage('N'), stage('C')] });
    await send(OpenOpportunity, { opportunityId: 'o6', pipelineId, stage: 'N' });
    await send(OpenOpportunity, { opportunityId: 'o7', pipelineId });
    await send(WinOpportunity, { opportunityId: 'o5' });
    const document = `query ($mode: FunnelMode, $atLeast: Position) {
      funnel(pipeline: "渠道", cohort: { from: "2026-03-01", to: "2026-03-31" }, mode: $mode, atLeast: $atLeast) {
        ${stagesOf('stage reached')}
      }
    }`;
    const reached = async (mode: string) => {
      const { funnel } = await crm.query<{ funnel: { stages: { stage: string; reached: number }[] } }>(document, {
        mode,
      });
      return funnel.stages.map(({ stage, reached }) => `${stage} ${reached}`);
    };
    expect(await reached('IMPLIED')).toEqual(['A 3', 'B 2', 'N 2', 'C 1', 'won 1', 'paid 0']);
    expect(await reached('ANY')).toEqual(['A 1', 'B 1', 'N 1', 'C 0', 'won 1', 'paid 0']);
  });

  it.each([
    ['{ from: "2026-02-01", to: "2026-01-31" }', 'BAD_USER_INPUT', 'cohort.to'],
    ['{ from: "1900-01-01", to: "2001-01-01" }', 'BAD_USER_INPUT', 'cohort.to'],
    ['{ from: "1899-12-31", to: "1900-01-01" }', 'BAD_USER_INPUT', 'cohort.from'],
    ['{ from: "2026-01-01", to: "9999-12-31" }', 'BAD_USER_INPUT', 'cohort.to'],
  ])('refuses the range %s', async (range, code, field) => {
    const error = await crm.error(`{ funnel(cohort: ${range}) { won } }`);
    expect(error.extensions).toMatchObject({ code, field });
  });

  it('refuses a pipeline that nobody has defined', async () => {
    const { extensions } = await crm.error(`{ funnel(pipeline: "nowhere", cohort: ${january}) { won } }`);
    expect(extensions).toMatchObject({ code: 'NOT_FOUND', field: 'pipeline' });
  });
});

describe('the lead funnel over GraphQL', () => {
  it('shows leads, and beside them the opportunities without a lead', async () => {
    const { leadFunnel } = await crm.query(`query ($atLeast: Position) {
      leadFunnel(cohort: { from: "2026-01-01", to: "2026-02-28" }, groupBy: [SOURCE], atLeast: $atLeast) {
        population lost ${stagesOf('stage name reached lostHere openHere lossReasons { reason }')}
        groups { key population }
        direct { opportunities open won lost paid winRate amount { minor } amounts { minor currency } }
      }
    }`);
    const none = { reached: 0, lostHere: 0, openHere: 0, lossReasons: [] };
    expect(leadFunnel).toEqual({
      population: 2,
      lost: 1,
      stages: [
        {
          stage: 'captured',
          name: '线索',
          reached: 2,
          lostHere: 1,
          openHere: 1,
          lossReasons: [{ reason: '空号' }],
        },
        { stage: 'qualified', name: '线索确认', ...none },
        { stage: 'converted', name: '商机', ...none },
        { stage: 'won', name: '成单', ...none },
        { stage: 'paid', name: '回款', ...none },
      ],
      groups: [
        { key: 'web', population: 1 },
        { key: '(none)', population: 1 },
      ],
      direct: {
        opportunities: 4,
        open: 2,
        won: 1,
        lost: 1,
        paid: 1,
        winRate: 0.25,
        amount: null,
        amounts: [cny(700), { minor: 300, currency: 'USD' }],
      },
    });
  });
});

describe('closings over GraphQL', () => {
  it('shows what was won and lost per month, and how long the won ones took', async () => {
    const { closings } = await crm.query(`query ($atLeast: Position) {
      closings(closed: { from: "2026-01-01", to: "2026-02-28" }, per: MONTH, groupBy: [TEAM], atLeast: $atLeast) {
        period key won lost winRate amount { minor currency } salesCycle { meanDays medianDays }
      }
    }`);
    const nothing = { won: 0, winRate: 0, amount: cny(0), salesCycle: { meanDays: null, medianDays: null } };
    expect(closings).toEqual([
      {
        period: '2026-01',
        key: '华北组',
        won: 1,
        lost: 0,
        winRate: 1,
        amount: cny(100),
        salesCycle: { meanDays: 20, medianDays: 20 },
      },
      { period: '2026-02', key: '华北组', ...nothing, lost: 1 },
    ]);
  });

  it('is one row without figures where nothing was closed', async () => {
    const { closings } = await crm.query(`query ($atLeast: Position) {
      closings(closed: { from: "2020-01-01", to: "2020-01-31" }, atLeast: $atLeast) { period key won lost winRate }
    }`);
    expect(closings).toEqual([{ period: null, key: '', won: 0, lost: 0, winRate: null }]);
  });
});
