import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

interface Checks {
  dependencyComplaints(root: string, text?: string): string[];
  isAllowed(licence?: string): boolean;
}

let checks: Checks;
beforeAll(async () => {
  checks = (await import(pathToFileURL(resolve('scripts/dependencies.mjs')).href)) as Checks;
});

describe('What is said of dependencies', () => {
  const said = readFileSync('docs/dependencies.md', 'utf8');
  const without = (start: string) =>
    said
      .split('\n')
      .filter(line => !line.startsWith(start))
      .join('\n');

  it('is what is installed', () => {
    expect(checks.dependencyComplaints(resolve('.'))).toEqual([]);
  });

  it.each([
    ['a package without a line', () => without('| `jose`'), 'Dependency: jose has no line in docs/dependencies.md.'],
    [
      'a line without a package',
      () => said.replace('| `jose`', '| `hose` | MIT | – | – |\n| `jose`'),
      'Dependency: docs/dependencies.md has a line for hose, which is not there.',
    ],
    [
      'another licence',
      () => said.replace('| `jose` | MIT', '| `jose` | ISC'),
      'Licence: jose is under MIT, docs/dependencies.md says ISC.',
    ],
    [
      'an override without a reason',
      () => without('| `cookie` | 1'),
      'Held: cookie has no line in docs/dependencies.md.',
    ],
  ])('control: %s is found', (_, text, complaint) => {
    expect(checks.dependencyComplaints(resolve('.'), text())).toEqual([complaint]);
  });
});

describe('Licences', () => {
  it.each(['MIT', '(MIT OR GPL-3.0-only)', 'Apache-2.0 AND MIT'])('%s is allowed', licence => {
    expect(checks.isAllowed(licence)).toBe(true);
  });

  it.each(['GPL-3.0-only', 'MIT AND SSPL-1.0', '(MIT OR X) AND AGPL-3.0-only', 'SEE LICENSE IN X', undefined])(
    '%s is not',
    licence => {
      expect(checks.isAllowed(licence)).toBe(false);
    },
  );

  describe('of packages that packages need', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'licences-'));
      const write = (path: string, content: object) => writeFileSync(join(folder, path), JSON.stringify(content));
      const deep = 'node_modules/a/node_modules/b';
      mkdirSync(join(folder, deep), { recursive: true });
      write('package.json', { dependencies: { a: '^1.0.0' }, overrides: {} });
      write('package-lock.json', {
        packages: { '': {}, 'node_modules/a': { license: 'MIT' }, [deep]: { license: 'MIT' } },
      });
      write('node_modules/a/package.json', { license: 'MIT' });
      write(`${deep}/package.json`, { license: 'AGPL-3.0-only' });
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it('are looked at where they are installed', () => {
      expect(checks.dependencyComplaints(folder, '# Dependencies\n| `a` | MIT | x | y |\n')).toEqual([
        'Licence: node_modules/a/node_modules/b is under AGPL-3.0-only.',
      ]);
    });
  });
});
