const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const POSTGRES = ['postgres', 'postgresql'];
const STORES = [...POSTGRES, 'kurrentdb', 'kurrentdb+discover', 'esdb', 'esdb+discover'];

/** What the environment decides about a process of ours. */
export interface Config {
  /** `PORT`: where the API listens on 127.0.0.1; 0 takes any free port. */
  readonly port: number;
  /** `DATA_DIR`: the folder of everything that the embedded default writes. */
  readonly dataDir: string;
  /** `DATABASE_URL`: the Postgres of the read models; undefined means the embedded one. */
  readonly databaseUrl?: string;
  /** `EVENT_STORE_URL`: a Postgres, a KurrentDB or an EventStoreDB; undefined means the embedded Postgres. */
  readonly eventStoreUrl?: string;
  /** `BUSINESS_TIMEZONE`: the IANA time zone in which a business day begins and ends. */
  readonly businessTimezone: string;
  /** `PROJECTOR`: whether the API process also keeps the read models current. */
  readonly projector: boolean;
  /** `LOG_LEVEL`: the least severe that is logged. */
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** Environment variables by name, as in `process.env`. An empty value counts as unset: that is what compose files pass on. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration that an environment describes, with defaults for what it leaves out.
 * @throws Error that names the variable, its value (passwords hidden) and what is allowed.
 */
export function configFrom(env: Environment): Config {
  /** The value of a variable, or the default where it is unset. */
  function read<T, D>(name: string, byDefault: D, { allowed, parse }: Kind<T>): T | D {
    const text = env[name];
    if (!text) return byDefault;
    const value = parse(text);
    if (value === undefined) throw new Error(`${name} is "${withoutPassword(text)}"; allowed is ${allowed}.`);
    return value;
  }
  return {
    port: read('PORT', 3000, portNumber),
    dataDir: env.DATA_DIR || '.data',
    databaseUrl: read('DATABASE_URL', undefined, urlOf(POSTGRES, 'postgres://…')),
    eventStoreUrl: read('EVENT_STORE_URL', undefined, urlOf(STORES, 'postgres://…, kurrentdb://… or esdb://…')),
    businessTimezone: read('BUSINESS_TIMEZONE', 'Asia/Shanghai', timeZone),
    projector: read('PROJECTOR', 'on', oneOf(['on', 'off'])) === 'on',
    logLevel: read('LOG_LEVEL', 'info', oneOf(LOG_LEVELS)),
  };
}

/** A kind of value: what is allowed, in words, and how it is read; undefined for what is not allowed. */
type Kind<T> = { allowed: string; parse: (text: string) => T | undefined };

const portNumber: Kind<number> = {
  allowed: 'a whole number from 0 to 65535',
  parse: text => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined),
};

const timeZone: Kind<string> = {
  allowed: 'an IANA time zone such as Asia/Shanghai',
  parse: text => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: text });
      return text;
    } catch {
      return undefined;
    }
  },
};

function oneOf<const T extends string>(values: readonly T[]): Kind<T> {
  return { allowed: values.join(', '), parse: text => values.find(value => value === text) };
}

/** Only the scheme is looked at: the drivers know hosts (KurrentDB: several of them) and options better. */
function urlOf(schemes: readonly string[], allowed: string): Kind<string> {
  const pattern = new RegExp(`^(${schemes.join('|').replaceAll('+', '\\+')})://.`);
  return { allowed, parse: text => (pattern.test(text) ? text : undefined) };
}

/** Error messages end up in logs. */
function withoutPassword(text: string): string {
  return text.replace(/\/\/.*@/, '//…@').replace(/(password=)[^&]*/gi, '$1…');
}
