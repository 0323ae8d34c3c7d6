import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Importing, type ResultLine, startImporting } from './importing.js';

const HEADER = 'opportunity,stage,enteredOn,reason,amount,currency';
const pipelines = ['pipeline,stage,name', 'P,A,甲', 'P,B,乙', 'P,C,丙'];

describe('importing stage changes', () => {
  let crm: Importing;
  beforeAll(async () => {
    crm = await startImporting();
    await crm.import({ 'pipelines.csv': pipelines });
  });
  afterAll(() => crm?.close());

  /** `2026-01-01 A`, in the order in which it happened. */
  const wayOf = async (externalId: string): Promise<string[]> => {
    const { opportunities } = await crm.query<{
      opportunities: { nodes: { entries: { stage: { code: string }; enteredOn: string }[] }[] };
    }>(
      'query ($externalId: ID!) { opportunities(filter: { externalIds: [$externalId] }) { nodes { entries { stage { code } enteredOn } } } }',
      { externalId },
    );
    return opportunities.nodes[0]!.entries.map(({ stage, enteredOn }) => `${enteredOn} ${stage.code}`);
  };

  /** Imports an opportunity with these changes, and again as another process would. */
  const importing = async (externalId: string, ...changes: string[]) => {
    const files = {
      'opportunities.csv': ['externalId,pipeline,name', `${externalId},P,${externalId} by name`],
      'stageChanges.csv': [HEADER, ...changes],
    };
    const first = await crm.import(files);
    const again = await crm.import(files);
    expect(again.events.map(({ type, stream }) => `${type} ${stream}`)).toEqual([]);
    expect(again.lines.map(settledOutcome)).toEqual(first.lines.map(settledOutcome));
    return first;
  };
  /** What it is from the second time on. */
  const settledOutcome = ({ line, outcome }: ResultLine) => `${line} ${outcome.replace('created', 'unchanged')}`;

  it('puts them in the order of their days, whatever the order of the file', async () => {
    await importing('o1', 'o1,C,2026-01-03,,,', 'o1,A,2026-01-01,,,', 'o1,won,2026-01-04,,,', 'o1,乙,2026-01-02,,,');
    expect(await wayOf('o1')).toEqual(['2026-01-01 A', '2026-01-02 B', '2026-01-03 C', '2026-01-04 won']);
  });

  it('goes back, comes again, ends and is reopened; on one day in the order of the file', async () => {
    await importing(
      'o2',
      'o2,A,2026-01-01,,,',
      'o2,B,2026-01-01,,,',
      'o2,A,2026-01-01,,,',
      'o2,B,2026-01-02,,,',
      'o2,lost,2026-01-03,没钱,,',
      'o2,B,2026-01-04,,,',
      'o2,won,2026-01-05,,88.8,USD',
    );
    expect(await wayOf('o2')).toEqual([
      '2026-01-01 A',
      '2026-01-01 B',
      '2026-01-01 A',
      '2026-01-02 B',
      '2026-01-03 lost',
      '2026-01-04 B',
      '2026-01-05 won',
    ]);
  });

  it('may call an opportunity by its id in one row and by its name in the next', async () => {
    await importing('o3', 'o3 by name,B,2026-01-02,,,', 'o3,A,2026-01-01,,,', 'o3 by name,C,2026-01-03,,,');
    expect(await wayOf('o3')).toEqual(['2026-01-01 A', '2026-01-02 B', '2026-01-03 C']);
  });

  it('finds a row that repeats where the opportunity is unchanged', async () => {
    const { outcomes } = await importing(
      'o4',
      'o4,A,2026-01-01,,,',
      'o4,A,2026-01-01,,,',
      'o4,A,2026-01-02,,,',
      'o4,B,2026-01-03,,,',
      'o4,A,2026-01-04,,,',
    );
    expect(outcomes.slice(1)).toEqual([
      'stageChanges.csv:2 created',
      'stageChanges.csv:3 unchanged',
      'stageChanges.csv:4 unchanged',
      'stageChanges.csv:5 created',
      'stageChanges.csv:6 created',
    ]);
  });

  it('refuses what may not happen and goes on with the rest', async () => {
    const { lines } = await importing(
      'o5',
      'o5,A,2026-01-01,,,',
      'o5,Z,2026-01-02,,,',
      'o5,lost,2026-01-03,,,',
      'o5,B,2026-01-04,,,',
      'o5,won,2026-01-05,,,',
      'o5,lost,2026-01-06,没钱,,',
      'o5,C,2026-01-07,,,',
    );
    expect(lines.slice(1).map(({ outcome, column }) => `${outcome} ${column}`.trim())).toEqual([
      'created',
      'rejected stage',
      'rejected reason',
      'created',
      'created',
      'rejected',
      'created',
    ]);
    expect(await wayOf('o5')).toEqual(['2026-01-01 A', '2026-01-04 B', '2026-01-05 won', '2026-01-07 C']);
  });

  it('does not put a stage before one that is recorded already', async () => {
    await importing('o6', 'o6,A,2026-01-01,,,', 'o6,C,2026-01-03,,,');
    const { lines, events } = await crm.import({ 'stageChanges.csv': [HEADER, 'o6,B,2026-01-02,,,'] });
    expect(lines[0]).toMatchObject({ outcome: 'rejected', column: 'enteredOn' });
    expect(events).toEqual([]);
  });

  it('leaves alone what users have done since', async () => {
    const files = {
      'opportunities.csv': ['externalId,pipeline', 'o7,P'],
      'stageChanges.csv': [HEADER, 'o7,A,2026-01-01,,100,CNY', 'o7,A,2026-01-02,,100,CNY', 'o7,lost,2026-01-03,没钱,,'],
    };
    await crm.import(files);
    const { opportunities } = await crm.query<{ opportunities: { nodes: { id: string }[] } }>(
      '{ opportunities(filter: { externalIds: ["o7"] }) { nodes { id } } }',
    );
    await crm.query(
      `mutation ($id: ID!) {
        reopenOpportunity(input: { opportunityId: $id }) { id }
        reestimateOpportunity(input: { opportunityId: $id, amount: { minor: 5, currency: "CNY" } }) { id }
      }`,
      opportunities.nodes[0],
    );
    expect((await crm.import(files)).events).toEqual([]);
  });

  it('without any, an opportunity is in the first stage since it was opened; if that is not known, in none', async () => {
    await crm.import({ 'opportunities.csv': ['externalId,pipeline,openedOn', 'o8,P,2026-01-09', 'o9,P,'] });
    expect(await wayOf('o8')).toEqual(['2026-01-09 A']);
    expect(await wayOf('o9')).toEqual([]);
  });

  it('decides alone where an opportunity is, although the day of its opening is known', async () => {
    await crm.import({
      'opportunities.csv': ['externalId,pipeline,openedOn,name', 'o10,P,2026-01-09,o10', 'o11,P,2026-01-09,十一'],
      'stageChanges.csv': [HEADER, 'o10,B,2026-01-10,,,', '十一,B,2026-01-10,,,'],
    });
    expect(await wayOf('o10')).toEqual(['2026-01-10 B']);
    expect(await wayOf('o11')).toEqual(['2026-01-10 B']);
  });

  it('has no effect when it is done again, whatever the rows (property)', async () => {
    const change = fc.record({
      stage: fc.constantFrom('A', 'B', 'C', 'won', 'lost', 'Z'),
      day: fc.integer({ min: 1, max: 4 }),
      reason: fc.constantFrom('', '没钱'),
      amount: fc.constantFrom('', '1', '2'),
    });
    const ways = fc.array(fc.array(change, { minLength: 1, maxLength: 8 }), { minLength: 20, maxLength: 20 });
    let run = 0;
    const property = fc.asyncProperty(ways, async ways => {
      run++;
      const name = (index: number) => `run ${run} way ${index}`;
      const files = {
        'opportunities.csv': ['externalId,pipeline', ...ways.map((_, index) => `${name(index)},P`)],
        'stageChanges.csv': [
          HEADER,
          ...ways.flatMap((way, index) =>
            way.map(({ stage, day, reason, amount }) => `${name(index)},${stage},2026-01-0${day},${reason},${amount},`),
          ),
        ],
      };
      const first = await crm.import(files);
      const again = await crm.import(files);
      expect(again.events.map(({ type, stream }) => `${type} ${stream}`)).toEqual([]);
      expect(again.lines.map(settledOutcome)).toEqual(first.lines.map(settledOutcome));
    });
    await fc.assert(property, { numRuns: 3, endOnFailure: true });
  });
});
