import { spawn } from 'node:child_process';
import type { Account } from './account.js';

/** One run of a Postgres program: where, as whom, and what it reads from its standard input. */
export type Run = { cwd: string; account?: Account; input?: string; quiet?: boolean };

/** What is said on standard output and standard error together, and the exit code. */
export type Outcome = { code: number; output: string };

/**
 * Runs a program to its end.
 * `quiet` gives it no pipes: a server that it leaves behind would keep them open on some systems, and we would wait for ever.
 */
export function run(program: string, args: readonly string[], { cwd, account, input, quiet }: Run): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      ...account,
      env: environment(),
      stdio: quiet ? 'ignore' : 'pipe',
      windowsHide: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (output += chunk));
    child.on('error', error => reject(notRunnable(program, error)));
    child.on('close', code => resolve({ code: code ?? 1, output }));
    child.stdin?.on('error', () => {}); // it ended without reading all: its exit code says more
    child.stdin?.end(input ?? '');
  });
}

/** Ours without what would steer Postgres (PGDATA, PGPORT, PGOPTIONS …). */
function environment(): NodeJS.ProcessEnv {
  const ours = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(ours), LC_ALL: 'C', TZ: 'UTC' };
}

function notRunnable(program: string, error: Error): Error {
  return new Error(
    `The Postgres program ${program} cannot be run here (${error.message}). The bundled programs need macOS, Windows or a Linux with glibc (not Alpine); elsewhere set DATABASE_URL to a Postgres of yours.`,
    { cause: error },
  );
}
