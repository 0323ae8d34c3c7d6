import 'reflect-metadata';
import { Command } from 'commander';
import { importCommand } from './import.command.js';
import { projectionsCommand } from './projections.command.js';
import { replayCommand } from './replay.command.js';

const program = new Command('crm')
  .description('Chronicle CRM: import, audit and rebuild. Works with the API running and without it.')
  .showHelpAfterError();

importCommand(program);
replayCommand(program);
projectionsCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
