import { getIntrospectionQuery } from 'graphql';
import { asked, type Sent } from './production.js';

/** Something that has to be refused, and what looks like it but has to be answered: the control. */
export interface Attack {
  readonly name: string;
  readonly hostile: Sent;
  readonly status: number;
  /** What the answer must show, to whoever is signed in. */
  readonly shows?: RegExp;
  readonly allowed: Sent;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index));
const aliases = (count: number, field: string) => `{ ${times(count, index => `a${index}: ${field}`).join(' ')} }`;
const MUTATION = 'mutation { captureLead(input: { name: "hostile" }) { id } }';
const GOOD = asked('{ leads(first: 1) { nodes { id } } }');
const nested = (depth: number, field: string) => `${`${field} { `.repeat(depth)}id${' }'.repeat(depth)}`;
const WIDE = `query ($n: Int) { opportunities(first: $n) { nodes { ${times(30, index => `c${index}: customer { id name }`).join(' ')} } } }`;
/** Twenty lines that spread into a million. */
const BOMB = [
  '{ leads(first: 1) { ...f0 } }',
  ...times(20, index => `fragment f${index} on LeadsConnection { ...f${index + 1} ...f${index + 1} }`),
  'fragment f20 on LeadsConnection { totalCount }',
].join('\n');
const preflighted = { 'apollo-require-preflight': 'true', 'x-apollo-operation-name': 'x' };
const urlOf = (query: string) => `/graphql?query=${encodeURIComponent(query)}`;
const multipart = (boundary: string) =>
  `--${boundary}\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: MUTATION })}\r\n--${boundary}--\r\n`;

export const attacks: readonly Attack[] = [
  {
    name: '101 aliases of one field',
    hostile: asked(aliases(101, 'leads(first: 1) { totalCount }')),
    status: 400,
    shows: /QUERY_TOO_COMPLEX.*aliases/,
    allowed: asked(aliases(20, 'leads(first: 1) { totalCount }')),
  },
  {
    name: '101 aliases of __typename',
    hostile: asked(`{ leads(first: 1) ${aliases(101, '__typename')} }`),
    status: 400,
    shows: /QUERY_TOO_COMPLEX.*aliases/,
    allowed: asked(`{ leads(first: 1) ${aliases(30, '__typename')} }`),
  },
  {
    name: '21 commands in one operation',
    hostile: asked(MUTATION.replace(/\{.*\}/, aliases(21, 'captureLead(input: { name: "hostile" }) { id }'))),
    status: 400,
    shows: /QUERY_TOO_COMPLEX.*rootFields/,
    allowed: asked(MUTATION.replace(/\{.*\}/, aliases(20, 'captureLead(input: { name: "welcome" }) { id }'))),
  },
  {
    name: 'an array of 10 operations',
    hostile: { headers: JSON_TYPE, body: JSON.stringify(times(10, () => '').map(() => ({ query: '{ __typename }' }))) },
    status: 400,
    allowed: asked('{ __typename }'),
  },
  {
    name: 'ten unknown directives',
    hostile: asked(`{ __typename ${times(10, index => `@d${index}`).join(' ')} }`),
    status: 400,
    shows: /GRAPHQL_VALIDATION_FAILED/,
    allowed: asked('{ __typename @include(if: true) @skip(if: false) }'),
  },
  {
    name: 'eleven known directives',
    hostile: asked(`{ leads(first: 1) { ${times(11, () => 'totalCount @include(if: true)').join(' ')} } }`),
    status: 400,
    shows: /QUERY_TOO_COMPLEX.*directives/,
    allowed: asked(`{ leads(first: 1) { ${times(10, () => 'totalCount @include(if: true)').join(' ')} } }`),
  },
  {
    name: 'deep introspection',
    hostile: asked(`{ __schema { types { ${nested(15, 'ofType').replace('id', 'name')} } } }`),
    status: 400,
    shows: /QUERY_TOO_COMPLEX.*depth/,
    allowed: asked('{ leads(first: 1) { nodes { owner { manager { manager { id } } } } } }'),
  },
  {
    name: 'a deep query',
    hostile: asked(`{ leads(first: 1) { nodes { owner { ${nested(14, 'manager')} } } } }`),
    status: 400,
    shows: /QUERY_TOO_COMPLEX.*depth/,
    allowed: asked(`{ leads(first: 1) { nodes { owner { ${nested(6, 'manager')} } } } }`),
  },
  {
    name: 'introspection',
    hostile: asked(getIntrospectionQuery()),
    status: 400,
    shows: /Introspection is off here/,
    allowed: asked('{ leads(first: 1) { __typename } }'),
  },
  {
    name: 'a field that is nearly right',
    hostile: asked('{ lead { id } leeds { nodes { id } } }'),
    status: 400,
    shows: /Cannot query field/,
    allowed: GOOD,
  },
  {
    name: 'an argument that is nearly right',
    hostile: asked('query ($f: LeadsFilter) { leads(filter: $f) { totalCount } }', {
      f: { sorce: ['x'], statu: ['NEW'] },
    }),
    status: 400,
    shows: /not defined by type/,
    allowed: asked('query ($f: LeadsFilter) { leads(filter: $f) { totalCount } }', { f: { source: ['x'] } }),
  },
  {
    name: 'a query by GET',
    hostile: { method: 'GET', path: urlOf('{ leads { totalCount } }'), headers: preflighted },
    status: 405,
    allowed: GOOD,
  },
  {
    name: 'a mutation by GET',
    hostile: { method: 'GET', path: urlOf(MUTATION), headers: preflighted },
    status: 405,
    allowed: GOOD,
  },
  {
    name: 'a url-encoded body',
    hostile: {
      headers: { ...preflighted, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ query: MUTATION }).toString(),
    },
    status: 415,
    allowed: GOOD,
  },
  {
    name: 'a text/plain mutation',
    hostile: { headers: { ...preflighted, 'content-type': 'text/plain' }, body: JSON.stringify({ query: MUTATION }) },
    status: 415,
    allowed: { headers: { 'content-type': 'application/json; charset=utf-8' }, body: GOOD.body },
  },
  {
    name: 'a multipart mutation',
    hostile: { headers: { ...preflighted, 'content-type': 'multipart/form-data; boundary=x' }, body: multipart('x') },
    status: 415,
    allowed: GOOD,
  },
  {
    name: 'a mutation without a type of content',
    hostile: { body: JSON.stringify({ query: MUTATION }) },
    status: 415,
    allowed: GOOD,
  },
  {
    name: 'a browser that asks for an IDE',
    hostile: { method: 'GET', headers: { accept: 'text/html' } },
    status: 405,
    allowed: GOOD,
  },
  {
    name: 'a browser that would like a page for an answer',
    hostile: { headers: { ...JSON_TYPE, accept: 'text/html' }, body: GOOD.body },
    status: 406,
    allowed: { headers: { ...JSON_TYPE, accept: 'application/graphql-response+json' }, body: GOOD.body },
  },
  {
    name: 'circular fragments',
    hostile: asked(
      '{ leads(first: 1) { ...a } } fragment a on LeadsConnection { ...b } fragment b on LeadsConnection { ...a }',
    ),
    status: 400,
    shows: /GRAPHQL_VALIDATION_FAILED/,
    allowed: asked(
      '{ leads(first: 1) { ...a } } fragment a on LeadsConnection { ...b } fragment b on LeadsConnection { totalCount }',
    ),
  },
  {
    name: 'fragments that spread into a million fields',
    hostile: asked(BOMB),
    status: 400,
    shows: /QUERY_TOO_COMPLEX.*cost/,
    allowed: asked(BOMB.replaceAll(/(\.\.\.f\d+) \.\.\.f\d+/g, '$1')),
  },
  {
    name: '500 repetitions of one field',
    hostile: asked(`{ ${'__typename '.repeat(500)} }`),
    status: 400,
    shows: /QUERY_TOO_COMPLEX.*fields/,
    allowed: asked(`{ leads(first: 1) { ${'totalCount '.repeat(100)} } }`),
  },
  {
    name: 'a page that is too large, by a variable',
    hostile: asked('query ($n: Int) { leads(first: $n) { nodes { id } } }', { n: 100_000 }),
    status: 200,
    shows: /"code":"BAD_USER_INPUT","field":"first"/,
    allowed: asked('query ($n: Int) { leads(first: $n) { nodes { id } } }', { n: 500 }),
  },
  {
    name: 'a page size by a variable that makes an operation costly',
    hostile: asked(WIDE, { n: 500 }),
    status: 400,
    shows: /QUERY_TOO_COMPLEX.*cost/,
    allowed: asked(WIDE, { n: 5 }),
  },
  {
    name: 'a page size by the default of a variable',
    hostile: asked(WIDE.replace('$n: Int', '$n: Int = 500')),
    status: 400,
    shows: /QUERY_TOO_COMPLEX.*cost/,
    allowed: asked(WIDE.replace('$n: Int', '$n: Int = 5')),
  },
  {
    name: 'a body over the limit',
    hostile: asked(`# ${'x'.repeat(262_144)}\n{ __typename }`),
    status: 413,
    allowed: asked(`# ${'x'.repeat(200_000)}\n{ __typename }`),
  },
  {
    name: 'too many tokens',
    hostile: asked(`{ leads(filter: { ids: [${'"a" '.repeat(2_001)}] }) { totalCount } }`),
    status: 400,
    shows: /GRAPHQL_PARSE_FAILED/,
    allowed: asked(`{ leads(filter: { ids: [${'"a" '.repeat(400)}] }) { totalCount } }`),
  },
  {
    name: 'an operation that was never registered, by its hash',
    hostile: {
      headers: JSON_TYPE,
      body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }),
    },
    status: 200,
    shows: /PERSISTED_QUERY_NOT_SUPPORTED/,
    allowed: GOOD,
  },
];
