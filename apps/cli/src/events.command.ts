import { type Command, InvalidArgumentError } from 'commander';
import { openKeys } from '#apps/system/src/open-keys.js';
import { openLog } from '#apps/system/src/open-log.js';
import { untilStopped } from '#apps/system/src/until-stopped.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { SealFolder } from '#integrity/seal-folder.js';
import { type Config, configFrom } from '#platform/config.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/embedded-postgres.js';
import { atMost } from './at-most.js';
import { exportEvents } from './events/export.js';
import { importEvents } from './events/import.js';
import { statsOf } from './events/stats.js';
import { tail } from './events/tail.js';
import { asItIs, encrypting, type Taking } from './events/taking.js';
import { leaveTraceIfPossible, type Reading } from './trace.js';

/** What is read back from the store is not what the file holds. */
const DIFFERENT = 3;

interface TailOptions {
  readonly after?: bigint;
  readonly type?: string[];
  readonly stream?: string;
  readonly json: boolean;
  readonly limit?: number;
}

export function eventsCommand(program: Command): void {
  const command = program.command('events').description('the log itself: watch it, count it, take it elsewhere');
  command
    .command('tail')
    .description('print events as they come, until Ctrl-C')
    .option('--after <position>', 'begin behind this position (0: from the first event) instead of now', position)
    .option('--type <types...>', 'only events of these types')
    .option('--stream <beginning>', 'only streams whose name begins so: lead- or lead-42')
    .option('--limit <number>', 'end after so many', atMost(999_999_999))
    .option('--json', 'one JSON document per line', false)
    .action(({ type: types, ...options }: TailOptions) =>
      withLog(store => tail(store, process.stdout, { ...options, types, signal: untilStopped() }), {
        operation: 'crm events tail',
        arguments: { types, stream: options.stream },
      }),
    );
  command
    .command('stats')
    .description('how many events of which type, how many streams, from when to when')
    .action(() => withLog(async store => void process.stdout.write(await statsOf(store))));
  command
    .command('export')
    .description('write the whole log as gzipped JSON Lines')
    .argument('<file>', 'log.jsonl.gz')
    .action((file: string) =>
      withLog(
        async store => {
          const started = performance.now();
          const { events, digest } = await exportEvents(store, file, counter());
          process.stdout.write(`${events} events${inTime(events, started)} into ${file}\nsha256 ${digest}\n`);
        },
        { operation: 'crm events export' },
      ),
    );
  command
    .command('import')
    .description('append the events of an export to an empty log, in their order, and read them back')
    .argument('<file>', 'log.jsonl.gz')
    .option('--encrypt', 'encrypt personal data that stands in clear; the hashes of the log are made anew', false)
    .addHelpText(
      'after',
      `
The log must be empty, or hold exactly the beginning of the file: an import that was interrupted is continued. Read models
belong to the log that they were made from: give a log that was moved to another store a new database (DATABASE_URL).`,
    )
    .action((file: string, { encrypt }: { encrypt: boolean }) =>
      withLog(store => (encrypt ? importEncrypting(store, file) : runImport(store, file, asItIs(store)))),
    );
}

/** The keys are those of the log that the file comes from: what is encrypted in it already is opened with them. */
async function importEncrypting(store: EventStore, file: string): Promise<void> {
  const config = configFrom(process.env);
  const embedded = (config.keysDatabaseUrl ?? config.databaseUrl) ? undefined : await startEmbeddedPostgres(config);
  try {
    const keys = await openKeys(config, config.databaseUrl ?? embedded?.url ?? config.keysDatabaseUrl!);
    try {
      await runImport(store, file, encrypting(store, keys.keys));
    } finally {
      await keys.close();
    }
  } finally {
    await embedded?.stop();
  }
  tellOfHeads(config);
}

/** Heads that were signed over the log as it was would say of each event that it is another one. */
function tellOfHeads({ headsDir }: Config): void {
  for (const { path } of SealFolder.in(headsDir))
    process.stdout.write(`Move ${path} away before the first start: those heads are of the log as it was.\n`);
}

async function runImport(store: EventStore, file: string, taking: Taking): Promise<void> {
  const started = performance.now();
  const { found, imported, ...digests } = await importEvents(store, file, counter(), taking);
  const before = found > 0 ? `; ${found} were there already` : '';
  process.stdout.write(`${imported} events${inTime(imported, started)} from ${file}${before}\n`);
  process.stdout.write(`file  sha256 ${digests.file.digest}\nstore sha256 ${digests.store.digest}\n`);
  const inClear = taking.inClear();
  if (inClear > 0)
    process.stderr.write(
      `${inClear} events hold personal data in clear: nobody in them can be erased. Import into an empty store with --encrypt.\n`,
    );
  if (digests.file.digest === digests.store.digest) return;
  process.stderr.write('The store does not hold what the file holds: somebody else has written to it meanwhile.\n');
  process.exitCode = DIFFERENT;
}

/** What reads the events themselves leaves a trace. */
async function withLog(work: (store: EventStore) => Promise<void>, reading?: Reading): Promise<void> {
  const config = configFrom(process.env);
  if (reading) await leaveTraceIfPossible(config, reading);
  const { store, close } = await openLog(config);
  try {
    await work(store);
  } finally {
    await close();
  }
}

/** Counts on a terminal, in one line that it clears when it is done with. */
function counter(): (events: number, of?: number) => void {
  let shown = 0;
  return (events, of) => {
    if (!process.stderr.isTTY || (performance.now() - shown < 200 && events !== of)) return;
    shown = performance.now();
    process.stderr.write(`\r\x1b[K${events}${of ? ` of ${of}` : ''} events${events === of ? '\n' : ''}`);
  };
}

function inTime(events: number, started: number): string {
  const seconds = (performance.now() - started) / 1_000;
  return ` in ${seconds.toFixed(1)} s (${Math.round(events / seconds)}/s)`;
}

function position(text: string): bigint {
  if (!/^\d{1,19}$/.test(text)) throw new InvalidArgumentError('A position is a whole number.');
  return BigInt(text);
}
