import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

/**
 * Lets a child process run our sources as they are, for tests that kill it: `node --import <this file> child.ts`.
 * The same compiler and the same names as in the tests themselves, so no build has to be current.
 */
if (isMainThread) register(import.meta.url);

const root = new URL('../../', import.meta.url);
const options = JSON.parse(readFileSync(new URL('.swcrc', root), 'utf8'));

/** Where the source of an import lies: `#lib/x.js` and `./x.js` are TypeScript here. */
export function resolve(specifier, context, next) {
  const [, lib, path] = /^#([^/]+)\/(.*)\.js$/.exec(specifier) ?? [];
  if (lib) {
    const folder = lib === 'apps' || lib === 'test' ? lib : `libs/${lib}/src`;
    return { url: new URL(`${folder}/${path}.ts`, root).href, shortCircuit: true };
  }
  const ours = context.parentURL?.endsWith('.ts') && /^\.{1,2}\/.*\.js$/.test(specifier);
  return next(ours ? specifier.replace(/\.js$/, '.ts') : specifier, context);
}

/** The source as JavaScript. */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { transformFile } = await import('@swc/core');
  const { code } = await transformFile(fileURLToPath(url), { ...options, swcrc: false });
  return { format: 'module', source: code, shortCircuit: true };
}
