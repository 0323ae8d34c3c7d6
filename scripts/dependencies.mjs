import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that ask for a notice and nothing more. */
const ALLOWED = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
]);

/** Development tools with another one, which are not delivered; argued in docs/dependencies.md. */
const UNDELIVERED = { 'caniuse-lite': 'CC-BY-4.0' };

const json = path => JSON.parse(readFileSync(path, 'utf8'));

/** Whether an SPDX expression leaves a choice that is allowed. One that mixes AND and OR is for people to read. */
export function isAllowed(licence = '') {
  const plain = licence.replace(/^\((.*)\)$/, '$1');
  const isAmong = name => ALLOWED.has(name);
  return plain.includes(' AND ') ? plain.split(' AND ').every(isAmong) : plain.split(' OR ').some(isAmong);
}

/** The packages that stand in the first column of a table below a heading, each with the cell beside it. */
function rows(text, heading) {
  const section = text.split(/^#+ /m).find(part => part.startsWith(heading)) ?? '';
  return new Map([...section.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)].map(([, name, cell]) => [name, cell]));
}

const differences = (expected, told, what) => [
  ...expected.filter(name => !told.has(name)).map(name => `${what}: ${name} has no line in docs/dependencies.md.`),
  ...[...told.keys()]
    .filter(name => !expected.includes(name))
    .map(name => `${what}: docs/dependencies.md has a line for ${name}, which is not there.`),
];

/** Of one package of the lock: where it is not installed (another platform's), the lock has to say its licence. */
function licenceComplaints(root, [path, locked]) {
  const manifest = join(root, path, 'package.json');
  const { license = locked.license } = existsSync(manifest) ? json(manifest) : {};
  const name = path.split('node_modules/').at(-1);
  if (isAllowed(license) || (locked.dev && UNDELIVERED[name] === license)) return [];
  return [`Licence: ${path} is under ${license ?? 'no licence that it names'}.`];
}

/** What docs/dependencies.md and the packages that are installed say differently, and every licence that is not allowed. */
export function dependencyComplaints(root, text = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')) {
  const { dependencies, overrides } = json(join(root, 'package.json'));
  const told = rows(text, 'Dependencies');
  const exact = Object.keys(dependencies).filter(name => /^\d/.test(dependencies[name]));
  const { '': _, ...locked } = json(join(root, 'package-lock.json')).packages;
  return [
    ...differences(Object.keys(dependencies), told, 'Dependency'),
    ...differences([...exact, ...Object.keys(overrides)], rows(text, 'What is held'), 'Held'),
    ...[...told].flatMap(([name, said]) => {
      const manifest = join(root, 'node_modules', name, 'package.json');
      const installed = existsSync(manifest) ? json(manifest).license : said;
      return installed === said ? [] : [`Licence: ${name} is under ${installed}, docs/dependencies.md says ${said}.`];
    }),
    ...Object.entries(locked).flatMap(entry => licenceComplaints(root, entry)),
  ];
}
