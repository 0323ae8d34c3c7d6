import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { guardedFields, type Permission, roles, type Scope, scopeOf, scopes } from '#platform/access/permissions.js';
import { projections } from '../read-models.js';
import { type Belonging, belongings } from './belongings.js';

const columns = new Map<string, readonly string[]>(
  projections.flatMap(({ tables: { rows, totals } }) => [
    ...rows.map(({ path, key, columns }) => [path, [key, ...Object.keys(columns)]] as const),
    ...totals.map(({ path, by, each }) => [path, [...by, ...Object.keys(each)]] as const),
  ]),
);

describe('What is said of the tables', () => {
  it.each(Object.entries<Belonging>(belongings))(
    '%s is about columns that there are',
    (path, { owner, customer, shared }) => {
      const named = [owner, customer].filter(column => column !== undefined);
      expect(columns.get(path)).toEqual(expect.arrayContaining(named));
      if (shared) expect(columns.get('directory.customerShares')).toContain(shared);
    },
  );
});

/** What only the view may do: whoever could begin a query at a table could forget the predicate. */
const REACHING =
  /selectFrom\(|import .*totalsBetween|\.kysely\b|\bpool\b|new View\(|(Join|sql\.table)\(\s*['"`](?!history\.entries)/;
const MAY: Readonly<Record<string, string>> = {
  'access-log/access-log.query.ts': 'asks the access log, which is open as a whole to whoever has its permission',
  'access-log/access-log.schema.ts': 'makes its tables',
  'access-log/access-log.table.ts': 'writes its entries',
  'access-log/access-log.ts': 'hands them what they are written to',
  'access-log/origins.ts': 'asks it for addresses, for whoever has its permission',
  'access-log/reads-of.query.ts':
    'asks it who looked at a person’s data, for whoever may see all that is held about them',
  'access/view.ts': 'makes all queries',
  'access/visible.ts': 'asks whose customers they are',
  'history/history.query.ts': 'asks for the entries of streams that a view has found',
  'shared/reading.ts': 'hands out views',
  'personal/persons.query.ts': 'asks whose data goes by an id, for whoever may see or erase all of it',
  'projections-status/advances.ts': 'asks how far read models are',
  'directory/employee/employee.list.ts': 'asks in which region a team is, which everybody may know who sees employees',
};
const folder = 'libs/read-models/src';
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file =>
  /(?<!\.spec)\.ts$/.test(file),
);

describe('Queries', () => {
  it('reach tables through a view alone', () => {
    const reaching = sources.filter(file => REACHING.test(readFileSync(`${folder}/${file}`, 'utf8')));
    expect(sources.length).toBeGreaterThan(100);
    expect(reaching.sort()).toEqual(Object.keys(MAY).sort());
  });

  it.each([
    "reading.database.kysely.selectFrom('directory.leads')",
    "import { totalsBetween } from '#projections/totals-query.js';",
    "query.innerJoin('directory.leads', join => join)",
    "sql.table('directory.leads')",
    "await reading.database.pool.query('select 1')",
  ])('would be noticed when they said %s', text => {
    expect(text).toMatch(REACHING);
  });
});

const width = (scope: Scope | undefined) => (scope ? scopes.indexOf(scope) : -1);

describe('In the table of permissions', () => {
  it('whoever reads a history may read all that stands in one', () => {
    const kinds = ['lead', 'customer', 'opportunity', 'contract', 'payment', 'interaction', 'task'] as const;
    const needed = kinds.flatMap(kind => [`${kind}.read` as Permission, ...Object.values(guardedFields[kind] ?? {})]);
    const narrower = roles.flatMap(role =>
      needed
        .filter(permission => width(scopeOf(role, permission)) < width(scopeOf(role, 'history.read')))
        .map(permission => `${role} ${permission}`),
    );
    expect(narrower).toEqual([]);
  });

  it('whoever reads reports may know the names of those who stand in them', () => {
    const reports = ['funnel', 'leadFunnel', 'stages', 'closings', 'rfm', 'salesDaily'] as const;
    const readers = roles.filter(role => reports.some(report => scopeOf(role, `${report}.read`)));
    const named = ['employee.read', 'team.read', 'campaign.read', 'pipeline.read'] as const;
    for (const role of readers)
      expect(named.map(permission => scopeOf(role, permission))).toEqual(named.map(() => 'all'));
  });

  it('the log is read as a whole or not at all', () => {
    expect(new Set(roles.map(role => scopeOf(role, 'events.read')))).toEqual(new Set([undefined, 'all']));
  });
});
