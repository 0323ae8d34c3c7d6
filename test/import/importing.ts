import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { ImportFolder } from '#apps/cli/src/import/folder.js';
import { importFolder } from '#apps/cli/src/import/import-folder.js';
import { readMapping } from '#apps/cli/src/import/mapping.js';
import { Results } from '#apps/cli/src/import/results.js';
import { type System, systemClock } from '#apps/system/src/system.js';
import { aggregates } from '#crm/aggregates.js';
import { Executor } from '#crm/execution/executor.js';
import { policies } from '#crm/policies/policies.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { waitForPosition } from '#projections/wait.js';
import { projections } from '#read-models/read-models.js';
import { type RunningApi, startApi } from '#test/support/api.js';

/** File names with what stands in them: lines, or bytes. */
export type Files = Readonly<Record<string, readonly string[] | string | Buffer>>;

/** A line of the results file. */
export interface ResultLine {
  readonly file: string;
  readonly line: string;
  readonly kind: string;
  readonly record: string;
  readonly outcome: string;
  readonly column: string;
  readonly reason: string;
}

export interface Imported {
  /** `payments.csv:3 rejected amount`, in the order of files and lines. */
  readonly outcomes: readonly string[];
  readonly lines: readonly ResultLine[];
  readonly remarks: readonly string[];
  /** How far the log moved. */
  readonly moved: bigint;
  /** What was recorded. */
  readonly events: readonly RecordedEvent[];
}

const scratch = () => mkdtempSync(join(tmpdir(), 'chronicle-import-'));

/** Runs `work` on a folder that holds these files. */
export async function withFolder<Result>(files: Files, work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = scratch();
  for (const [name, content] of Object.entries(files))
    writeFileSync(
      join(folder, name),
      Buffer.isBuffer(content) || typeof content === 'string' ? content : `${content.join('\n')}\n`,
    );
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Resolves when the read models show everything and the policies have nothing more to do. */
export async function settled({ store, database }: System): Promise<bigint> {
  const names = [...projections, ...policies].map(({ name }) => name);
  let head = -1n;
  while (head !== (await store.head())) {
    head = await store.head();
    await waitForPosition(database, names, head, 60_000);
  }
  return head;
}

/** The product with an importer at hand, on a database of its own. */
export interface Importing extends RunningApi {
  /** Imports the files, as the command does. @throws BrokenFile */
  import(files: Files, mapping?: object): Promise<Imported>;
}

export async function startImporting(): Promise<Importing> {
  const api = await startApi();
  return { ...api, import: (files, mapping) => withFolder(files, folder => importInto(api.system, folder, mapping)) };
}

async function importInto(system: System, path: string, mapping?: object): Promise<Imported> {
  const before = await settled(system);
  const folder = new ImportFolder(path, mapping && mappingIn(path, mapping));
  const remarks = await folder.inspect();
  const results = new Results(join(path, 'results', 'results.csv'));
  await importFolder({
    ...system,
    // A process of its own, which remembers nothing of the imports before.
    executor: new Executor({ ...system, aggregates, timeZone: 'Asia/Shanghai', clock: systemClock }),
    folder,
    results,
    timeZone: 'Asia/Shanghai',
    sender: { actor: { id: 'import', role: 'administrator' } },
    onRow: () => {},
  });
  await results.close();
  const head = await settled(system);
  const lines = byPlace(parse(readFileSync(results.path), { columns: true }) as unknown as ResultLine[]);
  const outcomes = lines.map(({ file, line, outcome, column }) => `${file}:${line} ${outcome} ${column}`.trim());
  return { outcomes, lines, remarks, moved: head - before, events: await eventsAfter(system, before) };
}

function mappingIn(folder: string, mapping: object) {
  const path = join(folder, 'mapping.json');
  writeFileSync(path, JSON.stringify(mapping));
  return readMapping(path);
}

function byPlace(lines: ResultLine[]): ResultLine[] {
  return lines.sort((a, b) => (a.file === b.file ? Number(a.line) - Number(b.line) : a.file < b.file ? -1 : 1));
}

async function eventsAfter({ store }: System, after: bigint): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const { events } of store.readAll({ after })) found.push(...events);
  return found;
}
