import { type Logger, pino } from 'pino';
import type { Config } from './config.js';
import { correlationId } from './correlation.js';

/** JSON lines on standard error; those of a conversation carry its id. Errors stand in them as `err` or `error`. */
export function openLogger({ logLevel: level }: Pick<Config, 'logLevel'>): Logger {
  const mixin = () => {
    const id = correlationId();
    return id === undefined ? {} : { correlationId: id };
  };
  const standardError = pino.destination({ dest: 2, sync: true });
  // JSON leaves these as they are, and some readers end a line at them, or a terminal obeys them.
  const write = (line: string) => standardError.write(line.replaceAll(/[\u007f-\u009f\u2028\u2029]/g, escaped));
  return pino({ level, base: undefined, mixin, serializers: { err: told, error: told } }, { write });
}

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Nothing else that hangs on an error: Postgres quotes rows in its `detail`, and a fold that failed brings the event along. */
function told(error: unknown): unknown {
  if (typeof (error as Error | undefined)?.message !== 'string') return error;
  const { type, message, stack } = pino.stdSerializers.err(error as Error);
  return { type, message, code: (error as { code?: unknown }).code, stack };
}
