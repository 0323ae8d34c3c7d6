import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readMapping } from '#apps/cli/src/import/mapping.js';
import { type Importing, startImporting, withFolder } from './importing.js';

describe('a mapping', () => {
  let crm: Importing;
  beforeAll(async () => {
    crm = await startImporting();
  });
  afterAll(() => crm?.close());

  const customers = async (prefix: string) => {
    const { customers } = await crm.query<{ customers: { nodes: { externalId: string }[] } }>(
      'query ($prefix: String!) { customers(filter: { search: $prefix }) { nodes { externalId name type industry region } } }',
      { prefix },
    );
    return customers.nodes.sort((a, b) => (a.externalId < b.externalId ? -1 : 1));
  };

  it('says which column is which, joins columns, fills empty cells and replaces values', async () => {
    const { outcomes, remarks } = await crm.import(
      {
        'accounts.csv': [
          'area,no,title,sector,kind,note',
          'a1,1,甲,technolgy,,x',
          'a1,2,乙,mining,partner,',
          'a1,3,constructor,constructor,,',
          'a1,,丁,,,',
        ],
      },
      {
        kinds: {
          customers: [
            {
              file: 'accounts.csv',
              columns: { externalId: ['area', 'no'], name: 'title', industry: 'sector', type: 'kind' },
              values: { industry: { technolgy: 'technology', mining: '' } },
              constants: { type: 'GOVERNMENT', region: '华东' },
            },
          ],
        },
      },
    );
    const nothing = { region: '华东', type: 'GOVERNMENT' };
    expect(await customers('a1-')).toEqual([
      { externalId: 'a1-1', name: '甲', industry: 'technology', ...nothing },
      { externalId: 'a1-2', name: '乙', industry: null, region: '华东', type: 'PARTNER' },
      { externalId: 'a1-3', name: 'constructor', industry: 'constructor', ...nothing },
    ]);
    expect(outcomes[3]).toBe('accounts.csv:5 rejected externalId'); // half of an id is none
    expect(remarks).toEqual(['accounts.csv: nothing reads the column note.']);
  });

  it('takes the rows that its filters accept, and mentions lines and files that nothing takes', async () => {
    const source = { file: 'all.csv', columns: { externalId: 'id', name: 'id' } };
    const { outcomes, remarks } = await crm.import(
      {
        'all.csv': ['id,state,owner', 'b1,new,', 'b2,old,', 'b3,,x', 'b4,gone,', 'b5,lost,', 'b6,gone,x'],
        'forgotten.csv': ['id', '1'],
        'readme.txt': 'hello',
      },
      {
        kinds: {
          customers: [
            { ...source, where: { state: ['new', 'old'] } },
            { ...source, where: { state: { empty: true }, owner: { empty: false } } },
          ],
          leads: [{ ...source, where: { state: { not: ['new', 'old', 'lost'] }, owner: { empty: false } } }],
        },
      },
    );
    expect(outcomes).toEqual(['2', '3', '4', '4', '7'].map(line => `all.csv:${line} created`));
    expect(remarks).toEqual(['all.csv: no filter takes 2 lines.', 'forgotten.csv: nothing reads this file.']);
  });

  it('may hold rows itself, and read one file for several kinds', async () => {
    const { outcomes } = await crm.import(
      { 'deals.csv': ['id,stage,on', 'd1,Second,2026-02-01'] },
      {
        kinds: {
          pipelines: [
            {
              rows: [
                { pipeline: 'Inline', stage: 'First' },
                { pipeline: 'Inline', stage: 'Second', name: ' ' },
              ],
            },
          ],
          opportunities: [{ file: 'deals.csv', columns: { externalId: 'id' } }],
          stageChanges: [
            { file: 'deals.csv', columns: { opportunity: 'id', enteredOn: 'on' }, constants: { stage: 'First' } },
            { file: 'deals.csv', columns: { opportunity: 'id', enteredOn: 'on', stage: 'stage' } },
          ],
        },
      },
    );
    expect(outcomes.filter(outcome => !outcome.endsWith(' created'))).toEqual([]);
    const { opportunities } = await crm.query<{ opportunities: { nodes: unknown[] } }>(
      '{ opportunities(filter: { externalIds: ["d1"] }) { nodes { pipeline { name } entries { stage { code } } } } }',
    );
    expect(opportunities.nodes).toEqual([
      { pipeline: { name: 'Inline' }, entries: [{ stage: { code: 'First' } }, { stage: { code: 'Second' } }] },
    ]);
  });
});

describe('a mapping that is none', () => {
  const source = { file: 'a.csv', columns: { externalId: 'a', name: 'a' } };

  it.each([
    ['no JSON', '{ kinds: 1 }', /is no mapping: .*JSON/],
    ['nothing', '', /is no mapping: .*JSON/],
    ['no kinds', {}, /the file must have required property 'kinds'/],
    [
      'an unknown kind',
      { kinds: { orders: [] } },
      /\/kinds has an unknown key orders\. Allowed: employees, pipelines,/,
    ],
    [
      'an unknown key',
      { kinds: { customers: [{ ...source, colums: {} }] } },
      /\/kinds\/customers\/0 has an unknown key colums\. Allowed: file, rows, columns,/,
    ],
    [
      'a column that the kind has not',
      { kinds: { customers: [{ ...source, columns: { title: 'a' } }] } },
      /\/kinds\/customers\/0\/columns has an unknown key title\. Allowed: externalId, name, type,/,
    ],
    [
      'a prototype for a column',
      '{ "kinds": { "customers": [{ "file": "a.csv", "columns": { "__proto__": "a" } }] } }',
      /has an unknown key __proto__/,
    ],
    ['a file without columns', { kinds: { customers: [{ file: 'a.csv' }] } }, /required property 'columns'/],
    ['columns without a file', { kinds: { customers: [{ columns: source.columns }] } }, /required property 'file'/],
    ['a number for a column', { kinds: { customers: [{ ...source, columns: { name: 1 } }] } }, /name must be string/],
    ['an unknown filter', { kinds: { customers: [{ ...source, where: { a: { is: 1 } } }] } }, /where\/a/],
  ])('is told: %s', async (_, content, message) => {
    await withFolder({}, async folder => {
      const path = join(folder, 'mapping.json');
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
      expect(() => readMapping(path)).toThrow(expect.objectContaining({ name: 'BrokenFile' }));
      expect(() => readMapping(path)).toThrow(message);
    });
  });

  it('is told: no file', () => {
    expect(() => readMapping('/nowhere/mapping.json')).toThrow(/is no mapping: ENOENT/);
  });

  it('may begin with a byte order mark', async () => {
    await withFolder({ 'mapping.json': '\ufeff{ "kinds": {} }' }, async folder => {
      expect(readMapping(join(folder, 'mapping.json'))).toEqual({ kinds: {} });
    });
  });
});
