const libs = 'event-sourcing|event-store|integrity|projections|crm|read-models|platform|privacy';

/** Tests run from the sources (swc, ESM), so that a test never sees a stale build. */
export default {
  rootDir: '.',
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/test'],
  testRegex: '\\.spec\\.ts$',
  testEnvironment: 'node',
  // Also on two cores, where Jest would take one: half of the time tests wait for a lease, a process or the database.
  maxWorkers: 2,
  testTimeout: 180_000, // a machine that is busy with other things takes ten times as long and more
  globalSetup: '<rootDir>/test/support/postgres-setup.mjs',
  globalTeardown: '<rootDir>/test/support/postgres-teardown.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: {
    [`^#(${libs})/(.*)\\.js$`]: '<rootDir>/libs/$1/src/$2',
    '^#(apps|test)/(.*)\\.js$': '<rootDir>/$1/$2',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};
