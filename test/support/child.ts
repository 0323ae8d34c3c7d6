import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

/** Another process, which a test may kill. */
export interface Child {
  readonly process: ChildProcess;
  /** The next line that it prints. Rejects when it ends without one. */
  line(): Promise<string>;
  /** kill -9, awaited. */
  kill(): Promise<void>;
  /** Resolves with the exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Runs a piece of JavaScript in another process; it may import our sources by the names that we use: `#platform/x.js`. */
export function child(code: string): Child {
  const loader = pathToFileURL('test/support/typescript.mjs').href;
  const process = spawn(globalThis.process.execPath, ['--import', loader, '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(process, 'close').then(([code]) => code as number | null);
  const lines = createInterface(process.stdout)[Symbol.asyncIterator]();
  return {
    process,
    ended,
    line: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`The process ended (${await ended}) and printed nothing more.`);
      return value;
    },
    kill: async () => {
      process.kill('SIGKILL');
      await ended;
    },
  };
}
