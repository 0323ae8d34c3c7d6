/**
 * Writes what is derived from the code: schema.graphql, docs/events.md, docs/limits.md, docs/mapping.schema.json, docs/permissions.md.
 * `--check` writes nothing and fails where a file is not current, or where docs/dependencies.md and what is installed differ.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dependencyComplaints } from './dependencies.mjs';
import { eventsCatalogue } from './generate/events-catalogue.mjs';
import { limitsText } from './generate/limits.mjs';
import { permissionsText } from './generate/permissions.mjs';
import { mappingSchemaText, schemaText } from './generate/schemas.mjs';
import { root } from './prepare.mjs';

const { privacy } = await import('../dist/libs/crm/src/privacy.js');

const generated = {
  'schema.graphql': await schemaText(),
  'docs/events.md': eventsCatalogue(join(root, 'libs/crm/src'), privacy),
  'docs/limits.md': await limitsText(),
  'docs/mapping.schema.json': await mappingSchemaText(),
  'docs/permissions.md': await permissionsText(),
};

const stale = Object.entries(generated).filter(([file, content]) => {
  const path = join(root, file);
  return !existsSync(path) || readFileSync(path, 'utf8') !== content;
});

if (process.argv.includes('--check')) {
  for (const [file] of stale) process.stderr.write(`${file} is not current. Run npm run generate.\n`);
  const complaints = dependencyComplaints(root);
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  process.exitCode = stale.length + complaints.length > 0 ? 1 : 0;
} else {
  for (const [file, content] of stale) {
    writeFileSync(join(root, file), content);
    process.stdout.write(`${file} written\n`);
  }
}
