import fc from 'fast-check';

/** Texts that were made to be taken for something else: SQL, patterns, paths, templates, parts of every object. */
export const disguised = [
  "' OR 1=1 --",
  "'; DROP TABLE directory.leads; --",
  "') UNION SELECT data::text FROM event_store.events --",
  '1; SELECT pg_sleep(10)',
  '"; DELETE FROM event_store.events; --',
  "\\'; SELECT 1 --",
  "Asia/Shanghai'); SELECT 1 --",
  '$1',
  '%',
  '_%_',
  '\\',
  '../../etc/passwd',
  '{{constructor.constructor("return process")()}}',
  '__proto__',
  'constructor',
  'infinity',
  '9'.repeat(40),
];

export const texts = fc.oneof(
  fc.constantFrom(...disguised),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

export const values: fc.Arbitrary<unknown> = fc.oneof(
  texts,
  fc.double(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue(),
);

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What somebody may hold for, or forge as, a place in a list: other types, other lists, other lengths, nothing of the kind. */
export const cursors = fc.oneof(
  texts,
  values.map(encoded),
  fc.array(values, { maxLength: 5 }).map(encoded),
  fc
    .tuple(
      fc.constantFrom('leads.CREATED.DESC', 'leads.NAME.ASC', 'customers.CREATED.DESC', 'history'),
      fc.array(values, { maxLength: 3 }),
    )
    .map(([order, rest]) => encoded([order, ...rest])),
  fc.integer({ min: 1, max: 20_000 }).map(length => 'A'.repeat(length)),
);
