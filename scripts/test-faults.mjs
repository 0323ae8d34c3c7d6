// The fault tests with their full number of trials, which takes about an hour; `npm test` runs a short version of each.
//   npm run test:faults                              all of them
//   npm run test:faults -- restore uniqueness        those with such a name
//   npm run test:faults -- restore -t 'in time'      further options are Jest's
//   FAULT_TRIALS=10 FAULT_SEED=42 npm run test:faults   ten trials of each, with a seed that a report printed
//   FAULT_LOG=info npm run test:faults -- one-owner     with what the processes log
process.argv.push('--runInBand', '--testRegex', '\\.faults\\.spec\\.ts$');
process.env.FAULT_TRIALS ||= 'full';
await import('./test.mjs');
