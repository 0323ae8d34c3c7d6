import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ImportFolder } from '#apps/cli/src/import/folder.js';
import { Results } from '#apps/cli/src/import/results.js';
import { type Files, type Importing, startImporting, withFolder } from './importing.js';

const fine = { 'employees.csv': ['externalId,name', 'E1,李雷'] };
/** 王 in GBK. */
const GBK = Buffer.concat([Buffer.from('externalId,name\nC1,'), Buffer.from([0xcd, 0xf5]), Buffer.from('\n')]);
const TRUNCATED = Buffer.concat([Buffer.from('externalId,name\nC1,'), Buffer.from('王').subarray(0, 2)]);

const broken: readonly (readonly [string, Files, string])[] = [
  ['in GBK', { 'customers.csv': GBK }, 'customers.csv is not UTF-8. Save it as UTF-8 and try again.'],
  ['in UTF-16', { 'customers.csv': Buffer.from('\ufeffexternalId,name\n', 'utf16le') }, 'customers.csv is not UTF-8.'],
  ['cut off within a character', { 'customers.csv': TRUNCATED }, 'customers.csv is not UTF-8.'],
  [
    'with a quote that is not closed',
    { 'customers.csv': ['externalId,name', 'C1,"a', 'b"', 'C2,"乙', 'C3,丙'] },
    'customers.csv is not a CSV file from line 4 on: a quote is opened and never closed.',
  ],
  [
    'with text behind a quoted cell',
    { 'customers.csv': ['externalId,name', 'C1,"a"b'] },
    'customers.csv is not a CSV file from line 2 on: there is a quote in the middle of a quoted cell; double it.',
  ],
  [
    'with a quote inside a cell',
    { 'customers.csv': ['externalId,name', 'C1,5" pipe'] },
    'customers.csv is not a CSV file from line 2 on: there is a quote in the middle of a cell; put the cell in quotes and double it.',
  ],
  [
    'with one quote too few in millions of characters',
    { 'customers.csv': ['externalId,name', 'C1,"甲', ...Array(60_000).fill('C2,'.padEnd(100, '乙'))] },
    'customers.csv is not a CSV file from line 2 on: this record does not end; probably a quote is not closed.',
  ],
  [
    'without a required column',
    { 'customers.csv': ['id,Name', 'C1,甲'] },
    'customers.csv lacks the columns externalId, name. It has id, Name.',
  ],
  [
    'with a column twice',
    { 'customers.csv': ['externalId,name,name', 'C1,甲,乙'] },
    'customers.csv has two columns name.',
  ],
  ['empty', { 'customers.csv': '' }, 'customers.csv is empty: the first line has to name the columns.'],
  [
    'of blank lines',
    { 'customers.csv': '\ufeff\n \n\n' },
    'customers.csv is empty: the first line has to name the columns.',
  ],
];

describe('a broken file', () => {
  let crm: Importing;
  beforeAll(async () => {
    crm = await startImporting();
  });
  afterAll(() => crm?.close());

  it.each(broken)('%s is told, and nothing is imported', async (_, files, message) => {
    const before = await crm.system.store.head();
    const importing = crm.import({ ...fine, ...files });
    await expect(importing).rejects.toMatchObject({ name: 'BrokenFile', message: expect.stringContaining(message) });
    expect(await crm.system.store.head()).toBe(before);
  });

  it('of a mapping is told as well', async () => {
    const columns = { externalId: 'id', name: 'id' };
    const importing = (source: object) =>
      crm.import({ 'a.csv': ['id,on', '1,'] }, { kinds: { customers: [source], payments: [] } });
    await expect(importing({ file: 'b.csv', columns })).rejects.toThrow('b.csv does not exist.');
    await expect(importing({ file: 'a.csv', columns: { ...columns, owner: 'who' } })).rejects.toThrow(
      'a.csv lacks the column who. It has id, on.',
    );
    await expect(importing({ file: 'a.csv', columns, where: { state: ['x'] } })).rejects.toThrow(
      'a.csv lacks the column state.',
    );
    await expect(importing({ file: 'a.csv', columns: { externalId: 'id' } })).rejects.toThrow(
      'The mapping gives customers from a.csv no name.',
    );
    await expect(crm.import({}, { kinds: {} })).rejects.toThrow('The mapping names nothing to import.');
  });

  it('is not one with a byte order mark, with any line ends, blank lines, spaces or no rows', async () => {
    const { outcomes, remarks } = await crm.import({
      'customers.csv': '\ufeffexternalId, name ,\r\n\r\nw1,  甲  ,\r\nw2,乙,\nw3,"丙\r\n",\rw4,丁,',
      'leads.csv': 'name,externalId',
      'campaigns.csv': '\n\nexternalId,name\n',
    });
    expect(outcomes).toEqual([3, 4, 5, 7].map(line => `customers.csv:${line} created`));
    expect(remarks).toEqual([]);
    const { customers } = await crm.query<{ customers: { nodes: { name: string }[] } }>(
      '{ customers(sort: { by: CREATED, direction: ASC }) { nodes { name } } }',
    );
    expect(customers.nodes.map(({ name }) => name).sort()).toEqual(['丁', '丙', '乙', '甲']);
  });

  it('is one for each folder that is not there or holds nothing', async () => {
    expect(() => new ImportFolder('/nowhere')).toThrow('There is no folder /nowhere.');
    await withFolder({ 'customer.csv': ['externalId,name'] }, async folder => {
      expect(() => new ImportFolder(folder)).toThrow(/holds none of employees\.csv, pipelines\.csv,/);
    });
  });

  it('is one where the results cannot be written', () => {
    expect(() => new Results(import.meta.dirname)).toThrow(expect.objectContaining({ name: 'BrokenFile' }));
  });
});
