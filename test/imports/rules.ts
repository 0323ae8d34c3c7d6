import { basename, dirname, normalize } from 'node:path';
import type { Import } from './imports-of.js';

/** Which folder may import which; the table of `docs/architecture.md`. Specs may also use what is for tests. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'libs/event-sourcing': [],
  'libs/event-store': ['event-sourcing'],
  'libs/integrity': ['event-sourcing'],
  'libs/privacy': ['event-sourcing'],
  'libs/projections': ['event-sourcing'],
  'libs/platform': ['event-sourcing'],
  'libs/crm': ['event-sourcing', 'platform'],
  'libs/read-models': ['event-sourcing', 'projections', 'platform'],
};

const PURE = /\.(events|privacy|decider|rows|policy)\.ts$/;
const FOR_TESTS = ['test', 'event-store', 'platform'];

/** Why an import must not be, or nothing. */
export function violation(found: Import): string | undefined {
  return [foreignLib, impureImport, otherAggregate, typesOfCrmOnly, resolversInProjector]
    .map(rule => rule(found))
    .find(Boolean);
}

const libOf = (file: string) => file.split('/').slice(0, 2).join('/');
const isSpec = (file: string) => /\.spec\.ts$|\/(contract|testing)\//.test(file);
const ours = (specifier: string) => (specifier.startsWith('#') ? specifier.slice(1).split('/')[0] : undefined);

function foreignLib({ file, specifier, typeOnly }: Import): string | undefined {
  const may = allowed[libOf(file)];
  const target = ours(specifier);
  if (!may || !target || target === basename(libOf(file))) return undefined;
  if (may.includes(target) || (isSpec(file) && FOR_TESTS.includes(target))) return undefined;
  if (libOf(file) === 'libs/read-models' && target === 'crm' && (typeOnly || specifier === '#crm/privacy.js'))
    return undefined;
  return `${libOf(file)} may not import ${target}`;
}

function impureImport({ file, specifier, typeOnly }: Import): string | undefined {
  const kit = libOf(file) === 'libs/event-sourcing' && !isSpec(file);
  if (typeOnly || (!kit && !PURE.test(file))) return undefined;
  const fromOutside = !specifier.startsWith('.') && !specifier.startsWith('#') && !specifier.startsWith('node:util');
  return fromOutside ? `a pure file may not import ${specifier}` : undefined;
}

/** Aggregates know of one another through `facts.ts` alone. */
function otherAggregate({ file, specifier }: Import): string | undefined {
  const [, own] = /^libs\/crm\/src\/(\w[\w-]*)\//.exec(file) ?? [];
  const [, other] = /^libs\/crm\/src\/(\w[\w-]*)\//.exec(normalize(`${dirname(file)}/${specifier}`)) ?? [];
  if (!own || !other || own === other || ['policies', 'execution', 'identities'].includes(own) || other === 'execution')
    return undefined;
  return isSpec(file) ? undefined : `the aggregate ${own} may not import ${other}`;
}

function typesOfCrmOnly({ file, specifier, typeOnly }: Import): string | undefined {
  const fromCrm = libOf(file) === 'libs/read-models' && ours(specifier) === 'crm';
  const declaration = specifier === '#crm/privacy.js';
  return fromCrm && !typeOnly && !declaration ? 'read models may only import types of crm' : undefined;
}

function resolversInProjector({ file, specifier }: Import): string | undefined {
  const inProjector = libOf(file) === 'apps/projector';
  return inProjector && specifier === '#crm/aggregate.module.js' ? 'the projector has no resolvers' : undefined;
}
