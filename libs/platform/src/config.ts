import { isIP } from 'node:net';

import { join } from 'node:path';
import { type Protection, protectionFrom } from './protection.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const POSTGRES = ['postgres', 'postgresql'];
const STORES = [...POSTGRES, 'kurrentdb', 'kurrentdb+discover', 'esdb', 'esdb+discover'];

/** An identity provider that speaks OpenID Connect. */
export interface OidcConfig {
  /** As it stands in the tokens, and where `/.well-known/openid-configuration` is found. */
  readonly issuer: string;
  /** For whom the tokens have to be made: us. */
  readonly audience: string;
  /** Where its keys are; undefined means where its configuration says. */
  readonly jwksUrl?: string;
}

/** What the environment decides about a process of ours. */
export interface Config {
  /** `PORT`: where the API listens; 0 takes any free port. */
  readonly port: number;
  /** `HOST`: the address on which it listens; undefined means this machine only. */
  readonly host?: string;
  /** `OIDC_ISSUER`, `OIDC_AUDIENCE`, `OIDC_JWKS_URL`: whose tokens are accepted; undefined means the local issuer's. */
  readonly oidc?: OidcConfig;
  /** `ADMIN_EMAIL`: who gets an administrator's account at the start, if there is none of that address yet. */
  readonly adminEmail?: string;
  /** `DATA_DIR`: the folder of everything that the embedded default writes. */
  readonly dataDir: string;
  /** `DATABASE_URL`: the Postgres of the read models; undefined means the embedded one. */
  readonly databaseUrl?: string;
  /** `EVENT_STORE_URL`: a Postgres, a KurrentDB or an EventStoreDB; undefined means the embedded Postgres. */
  readonly eventStoreUrl?: string;
  /** `KEYS_DATABASE_URL`: the Postgres of the keys that personal data is encrypted with; undefined means that of the read models. */
  readonly keysDatabaseUrl?: string;
  /** `MASTER_KEY`: what wraps these keys, 32 bytes in base64; several, the current one first, while it is being changed. Undefined means the file. */
  readonly masterKey?: string;
  /** `MASTER_KEY_FILE`: the file that holds it, one key a line; made where it is missing. Default `keys/master.key` in the data folder. */
  readonly masterKeyFile: string;
  /** `MASTER_KEY_COMMAND`: a program with its arguments that wraps what stands in that file, by a key management service. */
  readonly masterKeyCommand?: string;
  /** `BUSINESS_TIMEZONE`: the IANA time zone in which a business day begins and ends. */
  readonly businessTimezone: string;
  /** `PROJECTOR`: whether the API process also keeps the read models current. */
  readonly projector: boolean;
  /** `TREE_HEADS_DIR`: where the signed heads of the log are kept, outside its database; default `heads` in the data folder. */
  readonly headsDir: string;
  /** `SEAL_KEY`: the file of the private key that signs them; made where it is missing. Default `keys/seal.pem` in the data folder. */
  readonly sealKey: string;
  /** `SEAL_EVERY_SECONDS`: how often what was appended is sealed. */
  readonly sealEverySeconds: number;
  /** `PROJECTIONS_SWAP`: whether a new version of a read model waits to be swapped by hand. */
  readonly manualSwap: boolean;
  /**
   * `OTEL_EXPORTER_OTLP_ENDPOINT`: the collector that traces are sent to; undefined: none are made. `OTEL_SERVICE_NAME` and
   * `OTEL_TRACES_SAMPLER_ARG` (the share that is recorded) go with it.
   */
  readonly traces?: { readonly endpoint: string; readonly serviceName: string; readonly ratio: number };
  /** `ACCESS_LOG_DAYS`: how long the access log is kept. */
  readonly accessLogDays: number;
  /** `TRUST_PROXY`: the addresses of the proxies whose word is taken for the address of a client; none by default. */
  readonly trustProxy: readonly string[];
  /** What one client may ask for, and who counts as one. */
  readonly protection: Protection;
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
  const dataDir = env.DATA_DIR || '.data';
  const endpoint = read('OTEL_EXPORTER_OTLP_ENDPOINT', undefined, urlOf(['http', 'https'], 'http://… or https://…'));
  const ratio = read('OTEL_TRACES_SAMPLER_ARG', 1, share);
  if (env.MASTER_KEY && env.MASTER_KEY_COMMAND)
    throw new Error('MASTER_KEY_COMMAND wraps what stands in MASTER_KEY_FILE; it does not go with MASTER_KEY.');
  return {
    port: read('PORT', 3000, portNumber),
    host: env.HOST || undefined,
    oidc: oidcFrom(read('OIDC_ISSUER', undefined, webUrl), env.OIDC_AUDIENCE, read('OIDC_JWKS_URL', undefined, webUrl)),
    adminEmail: read('ADMIN_EMAIL', undefined, email),
    dataDir,
    databaseUrl: read('DATABASE_URL', undefined, urlOf(POSTGRES, 'postgres://…')),
    eventStoreUrl: read('EVENT_STORE_URL', undefined, urlOf(STORES, 'postgres://…, kurrentdb://… or esdb://…')),
    keysDatabaseUrl: read('KEYS_DATABASE_URL', undefined, urlOf(POSTGRES, 'postgres://…')),
    masterKey: env.MASTER_KEY || undefined,
    masterKeyFile: env.MASTER_KEY_FILE || join(dataDir, 'keys', 'master.key'),
    masterKeyCommand: env.MASTER_KEY_COMMAND?.trim() || undefined,
    businessTimezone: read('BUSINESS_TIMEZONE', 'Asia/Shanghai', timeZone),
    projector: read('PROJECTOR', 'on', oneOf(['on', 'off'])) === 'on',
    headsDir: env.TREE_HEADS_DIR || join(dataDir, 'heads'),
    sealKey: env.SEAL_KEY || join(dataDir, 'keys', 'seal.pem'),
    sealEverySeconds: read('SEAL_EVERY_SECONDS', 60, seconds),
    manualSwap: read('PROJECTIONS_SWAP', 'automatic', oneOf(['automatic', 'manual'])) === 'manual',
    traces: endpoint ? { endpoint, serviceName: env.OTEL_SERVICE_NAME || 'chronicle-crm', ratio } : undefined,
    accessLogDays: read('ACCESS_LOG_DAYS', 400, days),
    trustProxy: read('TRUST_PROXY', [], addresses),
    protection: protectionFrom(read),
    logLevel: read('LOG_LEVEL', 'info', oneOf(LOG_LEVELS)),
  };
}

function oidcFrom(issuer?: string, audience?: string, jwksUrl?: string): OidcConfig | undefined {
  if (!issuer && !audience && !jwksUrl) return undefined;
  // Without an audience a token that was made for any other program of the house would open this one.
  if (!issuer || !audience) throw new Error('OIDC_ISSUER and OIDC_AUDIENCE go together: set both or neither.');
  return { issuer, audience, jwksUrl };
}

/** A kind of value: what is allowed, in words, and how it is read; undefined for what is not allowed. */
export type Kind<T> = { allowed: string; parse: (text: string) => T | undefined };

/** The value of a variable, or the default where it is unset. @throws Error naming what is allowed. */
export type Read = <T, D>(name: string, byDefault: D, kind: Kind<T>) => T | D;

const portNumber: Kind<number> = {
  allowed: 'a whole number from 0 to 65535',
  parse: text => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined),
};

const seconds: Kind<number> = {
  allowed: 'a whole number of seconds from 1 to 86400',
  parse: text => (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 86_400 ? Number(text) : undefined),
};

const days: Kind<number> = {
  allowed: 'a number of days from 30 to 9999',
  parse: text => (/^\d{2,4}$/.test(text) && Number(text) >= 30 ? Number(text) : undefined),
};

/** Whoever is trusted by mistake can pretend to be anywhere, so only what is certainly an address, or a name for some, is taken. */
const addresses: Kind<readonly string[]> = {
  allowed: 'a list of addresses, networks such as 10.0.0.0/8, loopback, linklocal and uniquelocal',
  parse: text => {
    const list = text.split(',').map(one => one.trim());
    return list.every(one => ['loopback', 'linklocal', 'uniquelocal'].includes(one) || isNetwork(one))
      ? list
      : undefined;
  },
};

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!;
  return most > 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

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

const email: Kind<string> = {
  allowed: 'an e-mail address',
  parse: text => (/^[^\s@]+@[^\s@]+$/.test(text) && text.length <= 100 ? text : undefined),
};

/** Keys that came over an open line would be anybody's. */
const webUrl: Kind<string> = {
  allowed: 'https://…, or http:// on this machine',
  parse: text => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
    return safe ? text : undefined;
  },
};

/** Whether only this machine reaches that address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(host);
}

const share: Kind<number> = {
  allowed: 'a number from 0 to 1',
  parse: text => (/^(0|1|0?\.\d{1,9}|1\.0+)$/.test(text) ? Number(text) : undefined),
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
