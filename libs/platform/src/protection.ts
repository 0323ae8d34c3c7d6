import type { Kind, Read } from './config.js';

/** How much one client may ask in a second, over ten of them; undefined: as much as it likes. */
export interface Rates {
  /** `RATE_LIMIT_REQUESTS`: requests and openings of web sockets from an address. */
  readonly requests?: number;
  /** `RATE_LIMIT_COMMANDS`: commands of an account, each of a document counted. */
  readonly commands?: number;
  /** `RATE_LIMIT_COST`: the cost of an account's operations. */
  readonly cost?: number;
}

/** What web sockets may take. */
export interface SocketLimits {
  /** `WEB_SOCKETS_PER_ADDRESS`: how many of one address are open at once; undefined: as many as it likes. */
  readonly perAddress?: number;
  /** `WEB_SOCKET_IDLE_SECONDS`: how long one may stay open without a subscription. */
  readonly idleSeconds: number;
}

/** What the environment decides about clients that mean no good. */
export interface Protection {
  readonly rates: Rates;
  readonly sockets: SocketLimits;
  /** `CORS_ORIGINS`: the pages that may ask from a browser; none unless named. */
  readonly corsOrigins: readonly string[];
  /** `PERSISTED_OPERATIONS`: the file of the only documents that are answered; undefined: any document. */
  readonly persistedOperations?: string;
  /** `STATEMENT_TIMEOUT_MS`: how long a question to the read models may take. */
  readonly statementTimeoutMs: number;
}

/** @throws Error as `configFrom` does. */
export function protectionFrom(read: Read): Protection {
  return {
    rates: {
      requests: read('RATE_LIMIT_REQUESTS', 200, rate) || undefined,
      commands: read('RATE_LIMIT_COMMANDS', 50, rate) || undefined,
      cost: read('RATE_LIMIT_COST', 10_000, rate) || undefined,
    },
    sockets: {
      perAddress: read('WEB_SOCKETS_PER_ADDRESS', 100, count) || undefined,
      idleSeconds: read('WEB_SOCKET_IDLE_SECONDS', 300, seconds),
    },
    corsOrigins: read('CORS_ORIGINS', [], listOf(isOrigin, 'origins such as https://crm.example.com')),
    persistedOperations: read('PERSISTED_OPERATIONS', undefined, fileName),
    statementTimeoutMs: read('STATEMENT_TIMEOUT_MS', 15_000, milliseconds),
  };
}

const rate: Kind<number> = {
  allowed: 'a whole number per second from 1 to 1000000, or off',
  parse: text => (text === 'off' ? 0 : whole(text, 1_000_000)),
};

const count: Kind<number> = { ...rate, allowed: 'a whole number from 1 to 1000000, or off' };

const seconds: Kind<number> = {
  allowed: 'a whole number of seconds from 1 to 86400',
  parse: text => whole(text, 86_400),
};

const milliseconds: Kind<number> = {
  allowed: 'a whole number of milliseconds from 1 to 3600000',
  parse: text => whole(text, 3_600_000),
};

const fileName: Kind<string> = { allowed: 'the name of a file', parse: text => text };

const whole = (text: string, most: number): number | undefined =>
  /^\d{1,7}$/.test(text) && Number(text) >= 1 && Number(text) <= most ? Number(text) : undefined;

function listOf(accepts: (entry: string) => boolean, entries: string): Kind<readonly string[]> {
  return {
    allowed: `a list of ${entries}, separated by commas`,
    parse: text => {
      const list = text.split(',').map(entry => entry.trim());
      return list.every(accepts) ? list : undefined;
    },
  };
}

const isOrigin = (text: string) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
