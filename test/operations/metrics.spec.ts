import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anEvent, eventually, type Running, running } from './running.js';

let api: Running;
beforeAll(async () => {
  api = await running();
});
afterAll(() => api?.close());

const scrape = async () => (await api.get('/metrics')).body;
const lineOf = (text: string, series: string) => text.split('\n').find(line => line.startsWith(`${series} `));

describe('The metrics of an API', () => {
  it('count commands by what became of them, and time them and their appends', async () => {
    await api.query('mutation { captureLead(input: { leadId: "l1", name: "Wang Fang", source: "website" }) { id } }');
    await api.query('mutation { qualifyLead(input: { leadId: "l1", score: 80 }) { id } }');
    await api.query('mutation { qualifyLead(input: { leadId: "l1", score: 80 }) { id } }');
    await api.query('mutation { qualifyLead(input: { leadId: "nobody", score: 80 }) { id } }');
    const text = await scrape();
    expect(lineOf(text, 'chronicle_commands_total{command="QualifyLead",outcome="changed"}')).toMatch(/ 1$/);
    expect(lineOf(text, 'chronicle_commands_total{command="QualifyLead",outcome="unchanged"}')).toMatch(/ 1$/);
    expect(lineOf(text, 'chronicle_commands_total{command="QualifyLead",outcome="NOT_FOUND"}')).toMatch(/ 1$/);
    expect(lineOf(text, 'chronicle_command_duration_seconds_count{command="QualifyLead"}')).toMatch(/ 3$/);
    const appends = Number(lineOf(text, 'chronicle_append_duration_seconds_count{outcome="appended"}')?.split(' ')[1]);
    expect(appends).toBe(Number(lineOf(text, 'chronicle_append_events_count')?.split(' ')[1]));
    expect(appends).toBeGreaterThanOrEqual(3);
    expect(lineOf(text, 'chronicle_append_batch_appends_sum')).toBe(`chronicle_append_batch_appends_sum ${appends}`);
  });

  it('count GraphQL by root field, so that no client can invent a series', async () => {
    await api.query('query AnyNameOne { leads { totalCount } }');
    await api.query('query AnyNameTwo { mine: leads { totalCount } }');
    await api.query('{ leads { totalCount } customers { totalCount } }');
    await api.query('{ __typename }');
    await api.query('{ noSuchField }');
    const text = await scrape();
    const total = (labels: string) => lineOf(text, `chronicle_graphql_operations_total{${labels}}`);
    expect(total('operation="query leads",outcome="ok"')).toMatch(/ 2$/);
    expect(total('operation="query several",outcome="ok"')).toMatch(/ 1$/);
    expect(total('operation="introspection",outcome="ok"')).toMatch(/ 1$/);
    expect(total('operation="invalid",outcome="refused"')).toMatch(/ 1$/);
    expect(total('operation="mutation qualifyLead",outcome="refused"')).toMatch(/ 1$/);
    expect(text).not.toMatch(/AnyName|noSuchField|mine/);
  });

  it('show how far each projection is behind the log', async () => {
    const behind = 'chronicle_projection_lag_events{projection="leadFunnel",kind="projection"}';
    const before = await eventually(scrape, text => lineOf(text, behind) !== undefined);
    expect(lineOf(before, 'chronicle_projection_working{projection="leadFunnel",kind="projection"}')).toMatch(/ 0$/);
    const lead = { leadId: 'l2', name: 'Li Na', source: 'website' };
    await api.system.store.append('lead-l2', 'noStream', [anEvent('LeadCaptured', lead, '2026-01-01T00:00:00.000Z')]);
    await eventually(scrape, text => Number(lineOf(text, behind)?.split(' ')[1]) === 3);
    api.project();
    const text = await eventually(scrape, body => / 0$/.test(lineOf(body, behind) ?? ''));
    expect(lineOf(text, 'chronicle_projection_lag_seconds{projection="leadFunnel",kind="projection"}')).toMatch(/ 0$/);
    expect(lineOf(text, 'chronicle_projection_dead_letters{projection="leadFunnel",kind="projection"}')).toMatch(/ 0$/);
  });

  it('show the pool and the process in the text format of Prometheus', async () => {
    const answer = await fetch(`${api.origin}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    expect(lineOf(text, 'chronicle_pool_connections{state="waiting"}')).toMatch(/ \d+$/);
    expect(lineOf(text, 'process_resident_memory_bytes')).toMatch(/ \d+$/);
  });

  it('stay there when the database is gone, without figures that nobody knows', async () => {
    await api.database.drop();
    const text = await eventually(scrape, body => !body.includes('chronicle_projection_lag_events{'));
    expect(lineOf(text, 'process_resident_memory_bytes')).toMatch(/ \d+$/);
  });
});
