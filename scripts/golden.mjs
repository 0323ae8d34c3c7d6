// Records the golden history of the version that is being worked on anew, and notes what new versions of read models make of the
// older ones; test/golden compares from then on. Histories of released versions are never written again.
process.env.GOLDEN = 'write';
process.argv.splice(2, 0, 'test/golden', '--testNamePattern', 'records the history');
await import('./test.mjs');
