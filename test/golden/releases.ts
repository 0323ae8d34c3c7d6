import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { exportEvents } from '#apps/cli/src/events/export.js';
import { recordHistory } from './record.js';
import { type Outcome, type Replayed, replayed } from './replay.js';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const SUFFIX = '.jsonl.gz';

/** What each version of each read model made of the history, so far: by name, then by version. */
type Known = Record<string, Record<string, Outcome>>;

/** The log that a release left, and what became of it. */
export interface Release {
  readonly version: string;
  readonly log: string;
  readonly known: Known;
}

export const currentVersion: string = JSON.parse(readFileSync(path('../../package.json'), 'utf8')).version;

/** A release has its day in the changelog. From then on its log is never written again. */
const isReleased = new RegExp(`^## ${currentVersion.replaceAll('.', '\\.')}\\b.*\\d{4}-\\d\\d-\\d\\d`, 'm').test(
  readFileSync(path('../../CHANGELOG.md'), 'utf8'),
);

/** The version that is being worked on, until it is released. */
export const unreleased = isReleased ? undefined : currentVersion;

const logOf = (version: string) => path(`${version}${SUFFIX}`);
const outcomesOf = (version: string) => path(`${version}.json`);

export function releases(): Release[] {
  return readdirSync(path('.'))
    .filter(name => name.endsWith(SUFFIX))
    .map(name => name.slice(0, -SUFFIX.length))
    .map(version => ({
      version,
      log: logOf(version),
      known: JSON.parse(readFileSync(outcomesOf(version), 'utf8')) as Known,
    }));
}

/**
 * Records the history of the version that is being worked on anew, and notes for the released ones what read models make of them that
 * have got a new version. What a version that is known made of a released history stays as it is.
 */
export async function writeGolden(): Promise<void> {
  if (unreleased) {
    await rm(logOf(unreleased), { force: true });
    await exportEvents(await recordHistory(), logOf(unreleased));
    note(unreleased, {}, await replayed(logOf(unreleased)));
  }
  for (const { version, log, known } of releases())
    if (version !== unreleased) note(version, known, await replayed(log));
}

function note(version: string, known: Known, found: Replayed): void {
  const merged = { ...known };
  for (const [name, { version, outcome }] of Object.entries(found))
    merged[name] = { [version]: outcome, ...merged[name] };
  writeFileSync(outcomesOf(version), `${JSON.stringify(merged, null, 1)}\n`);
}
