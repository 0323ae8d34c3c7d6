import { MAX_PAGE_SIZE } from '#read-models/shared/connection.js';

/** One limit of what a client may ask, with what the documentation says of it. */
export interface Limit {
  readonly most: number;
  /** What is counted: the row of the table in the documentation. */
  readonly counts: string;
  /** What a client is answered who goes beyond. */
  readonly answer: string;
}

const BAD_INPUT = '`BAD_USER_INPUT` with the field';
const TOO_COMPLEX = '400 `QUERY_TOO_COMPLEX`';

/** Every limit of a single request, over HTTP and web sockets alike. What may be asked in a time stands in the configuration. */
export const limits = {
  bodyBytes: { most: 262_144, counts: 'bytes of a request’s body', answer: '413' },
  messageBytes: { most: 65_536, counts: 'bytes of a web socket’s message', answer: 'the socket is closed (1009)' },
  tokens: { most: 2_000, counts: 'tokens of a document', answer: '400 `GRAPHQL_PARSE_FAILED`' },
  fields: { most: 400, counts: 'fields that stand in a document, also repeated ones', answer: TOO_COMPLEX },
  aliases: { most: 30, counts: 'aliases, those of `__typename` too', answer: TOO_COMPLEX },
  directives: { most: 10, counts: 'directives', answer: TOO_COMPLEX },
  depth: { most: 15, counts: 'fields within one another, fragments followed', answer: TOO_COMPLEX },
  rootFields: { most: 20, counts: 'queries or commands of an operation, fragments followed', answer: TOO_COMPLEX },
  cost: { most: 40_000, counts: 'cost of an operation, see below', answer: TOO_COMPLEX },
  pageSize: {
    most: MAX_PAGE_SIZE,
    counts: 'entries of a page (`first`), also as a variable',
    answer: BAD_INPUT,
  },
  listLength: { most: 500, counts: 'entries of a list that is given', answer: BAD_INPUT },
  argumentLength: { most: 200, counts: 'characters of a text that is an argument', answer: BAD_INPUT },
  textLength: {
    most: 10_000,
    counts: 'characters of the longest field of a command; most take 200, ids 100',
    answer: BAD_INPUT,
  },
  cursorLength: { most: 8_192, counts: 'characters of a cursor (`after`)', answer: BAD_INPUT },
  subscriptions: { most: 20, counts: 'subscriptions of a web socket', answer: '`TOO_MANY_SUBSCRIPTIONS`' },
} as const satisfies Record<string, Limit>;

/** What the cost of an operation is made of. */
export const costs = {
  /** A query, command or subscription of its own goes to the database. */
  rootField: 20,
  field: 1,
  /** A total is counted over the whole list. */
  totalCount: 20,
  /** How many entries a list without a page size is taken for. */
  listWithoutSize: 10,
  /** An account's operations above this are answered one after the other. */
  large: 2_000,
} as const;
