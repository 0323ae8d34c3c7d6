import 'reflect-metadata';
import { Command } from 'commander';
import { eventsCommand } from './events.command.js';
import { importCommand } from './import.command.js';
import { projectionsCommand } from './projections.command.js';
import { replayCommand } from './replay.command.js';

/** `EX_SOFTWARE` of sysexits.h. */
const FAILED = 70;

const program = new Command('crm')
  .description('Chronicle CRM: import, audit and rebuild. Works with the API running and without it.')
  .showHelpAfterError();

// `| head` closes the pipe early; that is no error, and the system still has to be closed in order.
process.stdout.on('error', () => process.stdout.destroy());

importCommand(program);
replayCommand(program);
projectionsCommand(program);
eventsCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  // Not 1, which says of an import that some rows were rejected.
  process.exitCode = FAILED;
}
