import type { Command } from 'commander';
import { catchUp } from '#apps/system/src/catch-up.js';
import { personalData } from '#apps/system/src/personal-data.js';
import { leaveTrace } from './trace.js';
import { withSystem } from './with-system.js';

export function personalDataCommand(program: Command): void {
  program
    .command('personal-data')
    .description('print everything that is held about a customer, its contacts, accounts and leads, as JSON')
    .argument('<customer>', 'the customer’s id')
    .action((customerId: string) =>
      withSystem(async system => {
        await leaveTrace(system.accessLog, { operation: 'crm personal-data', records: [customerId] });
        await catchUp(system);
        process.stdout.write(`${JSON.stringify(await personalData(system.reading, customerId), null, 1)}\n`);
      }),
    );
}
