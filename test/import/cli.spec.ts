import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { policies } from '#crm/policies/policies.js';
import { projections } from '#read-models/read-models.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { withFolder } from './importing.js';

const loader = pathToFileURL('test/support/typescript.mjs').href;
const PROGRAM = "await import('#apps/cli/src/main.js');";

describe('crm in a process of its own (slow)', () => {
  let database: TestDatabase;
  const dataDir = mkdtempSync(join(tmpdir(), 'chronicle-cli-'));
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(async () => {
    await database.drop();
    rmSync(dataDir, { recursive: true });
  });

  async function crm(...args: string[]) {
    const { url } = database;
    const environment = { DATABASE_URL: url, EVENT_STORE_URL: url, DATA_DIR: dataDir, LOG_LEVEL: 'warn' };
    const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', PROGRAM, '--', ...args], {
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close');
    const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { out, errors, code };
  }

  const fine = {
    'customers.csv': ['externalId,name', 'c1,甲', 'c2,乙'],
    'opportunities.csv': ['externalId,customer,openedOn', 'o1,c1,2026-01-05', 'o2,c2,2026-01-06'],
  };

  it('imports a folder: sums and the place of the results on standard output, exit code 0', async () => {
    await withFolder(fine, async folder => {
      const { out, errors, code } = await crm('import', folder);
      expect({ errors, code }).toEqual({ errors: '', code: 0 });
      expect(out).toMatch(
        /^kind +created +unchanged +rejected\ncustomers +2 +0 +0\nopportunities +2 +0 +0\n4 rows in /,
      );
      expect(readdirSync(join(dataDir, 'imports'))).toHaveLength(1);
      expect(out).toContain(join(dataDir, 'imports', readdirSync(join(dataDir, 'imports'))[0]!));
    });
  });

  it('says which rows were rejected and ends with 1', async () => {
    const rows = Array.from({ length: 22 }, (_, index) => `p${index},c1,-1,2026-01-07`);
    const files = {
      ...fine,
      'payments.csv': ['externalId,customer,amount,paidOn,note', 'p,c1,5,2026-01-07,', ...rows.map(row => `${row},`)],
    };
    await withFolder(files, async folder => {
      const results = join(folder, 'results.csv');
      const { out, code } = await crm('import', folder, '--results', results);
      expect(code).toBe(1);
      expect(out.split('\n')[0]).toMatch(/^rejected payments\.csv:\d+ amount: -1 is negative\. /);
      expect(out).toMatch(
        /\n… and 2 more\nkind +created +unchanged +rejected\ncustomers +0 +2 +0\nopportunities +0 +2 +0\npayments +1 +0 +22\n/,
      );
      expect(out).toContain('payments.csv: nothing reads the column note.');
      expect(out).toContain(results);
    });
  });

  it('says what is broken on standard error and ends with 2', async () => {
    await withFolder({ ...fine, 'leads.csv': ['id', '1'] }, async folder => {
      const { out, errors, code } = await crm('import', folder);
      expect({ out, code }).toEqual({ out: '', code: 2 });
      expect(errors).toBe('leads.csv lacks the columns externalId, name. It has id.\nNothing was imported.\n');
    });
  });

  it('lists every read model and policy with its state', async () => {
    const { out, code } = await crm('projections');
    const [header, ...lines] = out.trim().split('\n');
    expect(code).toBe(0);
    for (const column of ['version', 'state', 'position', 'head', 'lag events', 'lag s', 'events/s', 'last error'])
      expect(header).toContain(column);
    const names = lines.map(line => line.split(' ')[0]);
    const working = [...projections, ...policies].map(({ name }) => name);
    expect(names.sort()).toEqual([...working, 'eraser'].sort());
  });

  it('builds a read model again and puts it in place; one that there is not ends with 1', async () => {
    const { out, code } = await crm('projections', 'rebuild', 'funnel');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^funnel version \d+: \d+ events in .*\nCompared with the live tables: .*\nIt is live now\.\n$/,
    );
    const unknown = await crm('projections', 'rebuild', 'funnels');
    expect(unknown.code).toBe(1);
    expect(unknown.errors).toContain('There is no projection funnels. There are organisation, directory,');
  });
});
