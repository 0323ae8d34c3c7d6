import { describe, expect, it } from '@jest/globals';
import { buildSchema, graphql } from 'graphql';
import { isSelected } from './selected.js';

const schema = buildSchema('type Query { report: Report } type Report { total: Int customers: Int nested: Report }');

async function selects(source: string): Promise<boolean | undefined> {
  let selected: boolean | undefined;
  const report = (_: unknown, __: unknown, info: Parameters<typeof isSelected>[1]) => {
    selected ??= isSelected('customers', info);
    return null;
  };
  await graphql({ schema, source, rootValue: { report } });
  return selected;
}

describe('Whether a field is selected', () => {
  it('is told by the document, under its name, an alias, or in a fragment', async () => {
    expect(await selects('{ report { total } }')).toBe(false);
    expect(await selects('{ report { total customers } }')).toBe(true);
    expect(await selects('{ report { total all: customers } }')).toBe(true);
    expect(await selects('{ report { ... on Report { customers } } }')).toBe(true);
    expect(await selects('{ report { ...parts } } fragment parts on Report { total customers }')).toBe(true);
    expect(await selects('{ a: report { total } b: report { customers } }')).toBe(false);
  });

  it('is not told by what stands below another field', async () => {
    expect(await selects('{ report { nested { customers } customers: total } }')).toBe(false);
  });
});
