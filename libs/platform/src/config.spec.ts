import { describe, expect, it } from '@jest/globals';
import { configFrom } from './config.js';

describe('the configuration', () => {
  it('needs nothing: everything embedded, in .data, on port 3000, in Shanghai', () => {
    expect(configFrom({})).toEqual({
      port: 3000,
      dataDir: '.data',
      headsDir: '.data/heads',
      sealKey: '.data/keys/seal.pem',
      sealEverySeconds: 60,
      databaseUrl: undefined,
      eventStoreUrl: undefined,
      keysDatabaseUrl: undefined,
      masterKey: undefined,
      masterKeyFile: '.data/keys/master.key',
      masterKeyCommand: undefined,
      businessTimezone: 'Asia/Shanghai',
      projector: true,
      manualSwap: false,
      traces: undefined,
      accessLogDays: 400,
      trustProxy: [],
      protection: {
        rates: { requests: 200, commands: 50, cost: 10_000 },
        sockets: { perAddress: 100, idleSeconds: 300 },
        corsOrigins: [],
        statementTimeoutMs: 15_000,
      },
      logLevel: 'info',
    });
  });

  it('takes an empty variable as unset', () => {
    const names = [
      'PORT',
      'HOST',
      'OIDC_ISSUER',
      'OIDC_AUDIENCE',
      'OIDC_JWKS_URL',
      'ADMIN_EMAIL',
      'DATA_DIR',
      'DATABASE_URL',
      'EVENT_STORE_URL',
      'KEYS_DATABASE_URL',
      'MASTER_KEY',
      'MASTER_KEY_FILE',
      'MASTER_KEY_COMMAND',
      'BUSINESS_TIMEZONE',
      'PROJECTOR',
      'TREE_HEADS_DIR',
      'SEAL_KEY',
      'SEAL_EVERY_SECONDS',
      'PROJECTIONS_SWAP',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_SERVICE_NAME',
      'OTEL_TRACES_SAMPLER_ARG',
      'ACCESS_LOG_DAYS',
      'TRUST_PROXY',
      'RATE_LIMIT_REQUESTS',
      'RATE_LIMIT_COMMANDS',
      'RATE_LIMIT_COST',
      'WEB_SOCKETS_PER_ADDRESS',
      'WEB_SOCKET_IDLE_SECONDS',
      'CORS_ORIGINS',
      'PERSISTED_OPERATIONS',
      'STATEMENT_TIMEOUT_MS',
      'LOG_LEVEL',
    ];
    expect(configFrom(Object.fromEntries(names.map(name => [name, ''])))).toEqual(configFrom({}));
  });

  it('reads what the environment sets', () => {
    const env = {
      PORT: '0',
      HOST: '0.0.0.0',
      OIDC_ISSUER: 'https://login.example.com/realms/crm',
      OIDC_AUDIENCE: 'chronicle',
      OIDC_JWKS_URL: 'http://127.0.0.1:8080/keys',
      ADMIN_EMAIL: 'boss@example.com',
      DATA_DIR: '/srv/crm',
      DATABASE_URL: 'postgresql://crm@db/crm',
      EVENT_STORE_URL: 'esdb+discover://a:2113,b:2113?tls=true',
      KEYS_DATABASE_URL: 'postgres://keys/keys',
      MASTER_KEY: 'bmV3,b2xk',
      MASTER_KEY_FILE: '/etc/crm/master.key',
      BUSINESS_TIMEZONE: 'Europe/Berlin',
      PROJECTOR: 'off',
      PROJECTIONS_SWAP: 'manual',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_SERVICE_NAME: 'crm-eu',
      OTEL_TRACES_SAMPLER_ARG: '0.05',
      LOG_LEVEL: 'silent',
      TREE_HEADS_DIR: '/mnt/worm/heads',
      SEAL_KEY: '/etc/crm/seal.pem',
      SEAL_EVERY_SECONDS: '5',
      ACCESS_LOG_DAYS: '90',
      TRUST_PROXY: 'loopback, 10.0.0.0/8',
    };
    expect(configFrom(env)).toEqual({
      port: 0,
      host: '0.0.0.0',
      oidc: {
        issuer: 'https://login.example.com/realms/crm',
        audience: 'chronicle',
        jwksUrl: 'http://127.0.0.1:8080/keys',
      },
      adminEmail: 'boss@example.com',
      dataDir: '/srv/crm',
      headsDir: '/mnt/worm/heads',
      sealKey: '/etc/crm/seal.pem',
      sealEverySeconds: 5,
      databaseUrl: 'postgresql://crm@db/crm',
      eventStoreUrl: 'esdb+discover://a:2113,b:2113?tls=true',
      keysDatabaseUrl: 'postgres://keys/keys',
      masterKey: 'bmV3,b2xk',
      masterKeyFile: '/etc/crm/master.key',
      businessTimezone: 'Europe/Berlin',
      projector: false,
      manualSwap: true,
      traces: { endpoint: 'http://collector:4318', serviceName: 'crm-eu', ratio: 0.05 },
      accessLogDays: 90,
      trustProxy: ['loopback', '10.0.0.0/8'],
      protection: configFrom({}).protection,
      logLevel: 'silent',
    });
  });

  it('takes a program that wraps the master key of the file, and not beside a key that needs no file', () => {
    const MASTER_KEY_COMMAND = '/usr/local/bin/kms --key crm';
    expect(configFrom({ MASTER_KEY_COMMAND }).masterKeyCommand).toBe(MASTER_KEY_COMMAND);
    expect(() => configFrom({ MASTER_KEY_COMMAND, MASTER_KEY: 'a2V5' })).toThrow('it does not go with MASTER_KEY');
  });

  it.each(['postgres://db/crm', 'postgresql://db/crm', 'kurrentdb://db:2113', 'kurrentdb+discover://db', 'esdb://db'])(
    'knows %s as an event store',
    url => expect(configFrom({ EVENT_STORE_URL: url }).eventStoreUrl).toBe(url),
  );

  it.each([
    ['PORT', '65536', 'a whole number from 0 to 65535'],
    ['ACCESS_LOG_DAYS', '29', 'a number of days from 30 to 9999'],
    ...['true', '10.0.0.0/33', '10.0.0', '1', '::1/8/8', 'proxy.example'].map(
      text =>
        [
          'TRUST_PROXY',
          text,
          'a list of addresses, networks such as 10.0.0.0/8, loopback, linklocal and uniquelocal',
        ] as const,
    ),
    ['PORT', '-1', 'a whole number from 0 to 65535'],
    ['PORT', '3000x', 'a whole number from 0 to 65535'],
    ['OIDC_ISSUER', 'http://login.example.com', 'https://…, or http:// on this machine'],
    ['OIDC_JWKS_URL', 'file:///keys', 'https://…, or http:// on this machine'],
    ['ADMIN_EMAIL', 'boss', 'an e-mail address'],
    ['DATABASE_URL', 'mysql://db/crm', 'postgres://…'],
    ['PROJECTIONS_SWAP', 'never', 'automatic, manual'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', 'http://… or https://…'],
    ['OTEL_TRACES_SAMPLER_ARG', '2', 'a number from 0 to 1'],
    ['DATABASE_URL', 'esdb://db', 'postgres://…'],
    ['DATABASE_URL', 'postgres://', 'postgres://…'],
    ['EVENT_STORE_URL', 'http://db:2113', 'postgres://…, kurrentdb://… or esdb://…'],
    ['BUSINESS_TIMEZONE', 'Asia/Peking', 'an IANA time zone such as Asia/Shanghai'],
    ['PROJECTOR', 'true', 'on, off'],
    ['SEAL_EVERY_SECONDS', '0', 'a whole number of seconds from 1 to 86400'],
    ['WEB_SOCKETS_PER_ADDRESS', '0', 'a whole number from 1 to 1000000, or off'],
    ['WEB_SOCKET_IDLE_SECONDS', 'off', 'a whole number of seconds from 1 to 86400'],
    ['LOG_LEVEL', 'verbose', 'fatal, error, warn, info, debug, trace, silent'],
  ])('refuses %s=%s and says what is allowed', (name, value, allowed) => {
    expect(() => configFrom({ [name]: value })).toThrow(`${name} is "${value}"; allowed is ${allowed}.`);
  });

  it('takes an identity provider only with the audience that its tokens must have', () => {
    expect(() => configFrom({ OIDC_ISSUER: 'https://login.example.com' })).toThrow('set both or neither');
    expect(() => configFrom({ OIDC_AUDIENCE: 'chronicle' })).toThrow('set both or neither');
  });

  it('never shows a password in an error', () => {
    const message = 'EVENT_STORE_URL is "http://…@db/crm?password=…"; allowed is';
    expect(() => configFrom({ EVENT_STORE_URL: 'http://crm:secret@db/crm?password=secret' })).toThrow(message);
  });
});
