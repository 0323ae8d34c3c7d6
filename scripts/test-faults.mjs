// The fault tests with their full number of trials, which takes about an hour; `npm test` runs a short version of each.
//   npm run test:faults                              all of them
//   npm run test:faults -- restore uniqueness        those with such a name
//   FAULT_TRIALS=10 FAULT_SEED=42 npm run test:faults   ten trials of each, with a seed that a report printed
const names = process.argv.splice(2);
const files = names.length > 0 ? names.map(name => `${name}.*\\.faults\\.spec`) : ['\\.faults\\.spec'];
process.argv.push('--runInBand', ...files);
process.env.FAULT_TRIALS ||= 'full';
await import('./test.mjs');
