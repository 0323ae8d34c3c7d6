import { describe, expect, it } from '@jest/globals';
import { leads as table } from './lead/lead.rows.js';
import { Lead } from './lead/lead.type.js';
import { ids } from './list/filters.js';
import { list } from './list/list.js';
import { lists } from './lists.js';

describe.each(Object.entries(lists))('The list of %s', (name, definition) => {
  const { table, sorts, references, one } = definition;

  it('is defined under its own name, over its own table', () => {
    expect(definition.name).toBe(name);
    expect(table.name).toBe(name);
  });

  it('has an index for each sort that it offers', () => {
    for (const [column] of Object.values(sorts)) expect(table.indexes.map(([first]) => first)).toContain(column);
  });

  it('finds what hangs on its entries by a column, or by what it shows of today', () => {
    const today = ['teamId', 'managerId'];
    for (const { column } of Object.values(references))
      expect([...Object.keys(table.columns), ...today]).toContain(column);
  });

  it('answers one by its id, unless something else does', () => {
    expect(one !== undefined).toBe(!['customers', 'contacts'].includes(name));
  });
});

describe('A list', () => {
  it('cannot be defined over columns that its table does not have', () => {
    const wrong = { ownerId: ids('owner' as 'ownerId', 'Whose.') };
    const define = () =>
      list({
        name: 'leads',
        resource: 'lead',
        description: '',
        table,
        node: Lead,
        filters: wrong,
        sorts: {},
        references: {},
      });
    expect(define).toThrow('The list leads uses owner, which directory.leads does not have.');
  });
});
