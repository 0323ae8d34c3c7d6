import 'reflect-metadata';
import { Command } from 'commander';
import { Refusal } from '#event-sourcing/refusal.js';
import { boundHeap } from '#platform/heap.js';
import { accessLogCommand } from './access-log.command.js';
import { eventsCommand } from './events.command.js';
import { historyCommand } from './history.command.js';
import { importCommand } from './import.command.js';
import { keysCommand } from './keys.command.js';
import { personalDataCommand } from './personal-data.command.js';
import { projectionsCommand } from './projections.command.js';
import { replayCommand } from './replay.command.js';
import { tokenCommand } from './token.command.js';
import { verifyCommand } from './verify.command.js';

/** What was asked for cannot be; or something broke (`EX_SOFTWARE` of sysexits.h), which is not what 1 says of an import. */
const [REFUSED, FAILED] = [1, 70];

boundHeap();
const program = new Command('crm')
  .description('Chronicle CRM: import, audit and rebuild. Works with the API running and without it.')
  .showHelpAfterError();

// `| head` closes the pipe early; that is no error, and the system still has to be closed in order.
process.stdout.on('error', () => process.stdout.destroy());

importCommand(program);
replayCommand(program);
projectionsCommand(program);
eventsCommand(program);
tokenCommand(program);
historyCommand(program);
keysCommand(program);
personalDataCommand(program);
verifyCommand(program);
accessLogCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = error instanceof Refusal || isOfFile(error) ? REFUSED : FAILED;
}

/** A file or folder that was named is not there or may not be read: `ENOENT: no such file or directory, open 'log.jsonl.gz'`. */
function isOfFile(error: unknown): boolean {
  const { syscall, path } = error as NodeJS.ErrnoException;
  return syscall !== undefined && path !== undefined;
}
