import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { importsOf } from './imports-of.js';
import { violation } from './rules.js';

const sources = ['libs', 'apps'].flatMap(folder =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => `${folder}/${file}`),
);

const complaintsAbout = (file: string, text: string) => importsOf(file, text).map(violation).filter(Boolean);

describe('the architecture', () => {
  it('lets no folder import what it may not', () => {
    const complaints = sources
      .flatMap(file => importsOf(file))
      .flatMap(found => {
        const reason = violation(found);
        return reason ? [`${found.file}: ${found.specifier}: ${reason}`] : [];
      });
    expect(sources.length).toBeGreaterThan(100);
    expect(complaints).toEqual([]);
  });

  it('has no barrels', () => {
    expect(sources.filter(file => file.endsWith('/index.ts'))).toEqual([]);
  });

  it.each([
    ['libs/event-sourcing/src/decider.ts', "import pg from 'pg';"],
    ['libs/projections/src/database.ts', "import { Executor } from '#crm/execution/executor.js';"],
    ['libs/crm/src/lead/lead.decider.ts', "import { customer } from '../customer/customer.decider.js';"],
    ['libs/crm/src/lead/lead.events.ts', "import { Field } from '@nestjs/graphql';"],
    ['libs/crm/src/execution/executor.ts', "import { totalsBetween } from '#projections/totals-query.js';"],
    ['libs/read-models/src/funnel/funnel.query.ts', "import { lead } from '#crm/lead/lead.decider.js';"],
    ['apps/projector/src/main.ts', "import { aggregateModule } from '#crm/aggregate.module.js';"],
  ])('would notice that %s says %s', (file, text) => {
    expect(complaintsAbout(file, text)).not.toEqual([]);
  });

  it.each([
    ['libs/read-models/src/funnel/funnel.projection.ts', "import type { CrmEvents } from '#crm/events.js';"],
    ['libs/crm/src/lead/lead.commands.ts', "import { Field } from '@nestjs/graphql';"],
    [
      'libs/crm/src/policies/converted-lead.policy.ts',
      "import { RegisterCustomer } from '../customer/customer.commands.js';",
    ],
  ])('has nothing against %s saying %s', (file, text) => {
    expect(complaintsAbout(file, text)).toEqual([]);
  });
});
