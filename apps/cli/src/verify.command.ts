import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { openLog } from '#apps/system/src/open-log.js';
import { refuse } from '#event-sourcing/refusal.js';
import { fingerprintOf, publicKey } from '#integrity/signing-key.js';
import { sourceOf, verifyLog } from '#integrity/verify-log.js';
import { type Config, configFrom } from '#platform/config.js';
import { verifyBundleFile } from './verify/bundle-file.js';
import { exportSource } from './verify/export-source.js';
import { counter, print } from './verify/verdict.js';

/** Something is not as it was written. */
const FOUND = 3;

interface Options {
  readonly fromHeads?: string;
  readonly store?: string;
  readonly key?: string[];
  readonly fingerprint?: string[];
  readonly json: boolean;
}

export function verifyCommand(program: Command): void {
  program
    .command('verify')
    .description(
      'check that nothing in the log was altered, deleted, added or moved; or check an exported file offline',
    )
    .argument(
      '[file]',
      'what `crm history export` (.json) or `crm events export` (.jsonl.gz) wrote; without it: the log itself',
    )
    .option('--from-heads <folder>', 'where signed tree heads are, for example a copy on another machine')
    .option('--store <url>', 'another store than EVENT_STORE_URL')
    .option('--key <file...>', 'public keys (PEM) that may have signed; default: that of SEAL_KEY')
    .option('--fingerprint <sha256...>', 'fingerprints of keys that may have signed an exported history; no other may')
    .option('--json', 'print the verdict as JSON', false)
    .addHelpText('after', '\nExit code 3: something is not as it was written.')
    .action(verify);
}

async function verify(file: string | undefined, options: Options): Promise<void> {
  const environment = options.store ? { ...process.env, EVENT_STORE_URL: options.store } : process.env;
  const config = configFrom(environment);
  const found = file?.endsWith('.json')
    ? await verifyBundleFile(
        file,
        { keys: trusted(options, config), fingerprints: fingerprintsIn(options) },
        process.stdout,
      )
    : await verifyWhole(file, options, config);
  process.exitCode = found ? FOUND : 0;
}

/** @throws Refusal BAD_USER_INPUT for a fingerprint, or a file that is cut off or altered. */
async function verifyWhole(file: string | undefined, options: Options, config: Config): Promise<boolean> {
  // A head brings no key that a fingerprint could vouch for.
  if (options.fingerprint)
    throw refuse(
      'BAD_USER_INPUT',
      'A fingerprint is for an exported history (.json); for a log give the key (--key).',
      {
        field: 'fingerprint',
      },
    );
  const headsIn = options.fromHeads ?? config.headsDir;
  const keys = trusted(options, config);
  const started = performance.now();
  const run = async (source: Parameters<typeof verifyLog>[0]['source']) => {
    const verdict = await verifyLog({ source, headsIn, keys, onProgress: counter(started) });
    print(process.stdout, {
      verdict,
      keys: keys.map(fingerprintOf),
      milliseconds: performance.now() - started,
      json: options.json,
    });
    return verdict.findingCount > 0;
  };
  if (file) return run(exportSource(file));
  const { store, close } = await openLog(config);
  try {
    return await run(sourceOf(store));
  } finally {
    await close();
  }
}

/**
 * The keys that were named; the server's own only where nobody said whom he trusts.
 * @throws Refusal BAD_USER_INPUT for a file that is no key.
 */
function trusted({ key, fingerprint }: Options, { sealKey }: Config) {
  const own = !fingerprint && existsSync(`${sealKey}.pub`) ? [`${sealKey}.pub`] : [];
  return (key ?? own).map(file => {
    try {
      return publicKey(file);
    } catch (error) {
      throw refuse('BAD_USER_INPUT', `${file} is no public key: ${(error as Error).message}`, { field: 'key' });
    }
  });
}

/** In small letters, as we write them. @throws Refusal BAD_USER_INPUT for what is none. */
function fingerprintsIn({ fingerprint = [] }: Options): readonly string[] {
  return fingerprint.map(text => {
    if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
    const allowed = 'it is the SHA-256 of the public key, 64 hexadecimal digits';
    throw refuse('BAD_USER_INPUT', `${text} is no fingerprint: ${allowed}.`, { field: 'fingerprint' });
  });
}
