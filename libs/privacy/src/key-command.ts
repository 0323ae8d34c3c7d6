import { execFile } from 'node:child_process';
import { MASTER_KEY_BYTES } from './master-key.js';

const PATIENCE_MS = 15_000;
const MOST_OUTPUT = 64 * 1024;

/**
 * A program that asks a key management service to wrap a key, and to unwrap it. It is started without a shell, with `wrap` or `unwrap`
 * behind its own arguments; standard input and output hold the key in base64, or whatever the service made of it, as one text
 * without white space.
 */
export class KeyCommand {
  private readonly program: string;
  private readonly args: readonly string[];

  /** @param line The program and its arguments, separated by white space. */
  constructor(
    line: string,
    private readonly patienceMs = PATIENCE_MS,
  ) {
    const [program, ...args] = line.trim().split(/\s+/);
    this.program = program!;
    this.args = args;
  }

  /** @throws Error when the program fails, takes longer than 15 s, answers nothing, or cannot unwrap what it wrapped. */
  async wrap(key: Buffer): Promise<string> {
    const wrapped = await this.run('wrap', key.toString('base64'));
    if (!/^\S+$/.test(wrapped)) throw new Error(`${this.name('wrap')} answered no text without white space.`);
    // What is wrapped with it cannot be opened by anything else: better to know now.
    if (!(await this.unwrap(wrapped)).equals(key)) throw new Error(`${this.name('unwrap')} answered another key.`);
    return wrapped;
  }

  /** @throws Error when the program fails, takes longer than 15 s, or answers no key. */
  async unwrap(wrapped: string): Promise<Buffer> {
    const key = Buffer.from(await this.run('unwrap', wrapped), 'base64');
    if (key.length !== MASTER_KEY_BYTES)
      throw new Error(`${this.name('unwrap')} answered no key of ${MASTER_KEY_BYTES} bytes in base64.`);
    return key;
  }

  private run(what: 'wrap' | 'unwrap', input: string): Promise<string> {
    const options = { timeout: this.patienceMs, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT } as const;
    return new Promise((resolve, reject) => {
      const child = execFile(this.program, [...this.args, what], options, (error, out, said) => {
        if (!error) return resolve(out.trim());
        // Its output is left out: it may be a key. What it complains of is not.
        const why = error.killed
          ? `took longer than ${this.patienceMs / 1_000} s`
          : said.trim() || `ended with ${error.code}`;
        reject(new Error(`${this.name(what)} failed: ${why}`));
      });
      // Whoever ends without having read says why with the exit code.
      child.stdin!.on('error', () => undefined);
      child.stdin!.end(`${input}\n`);
    });
  }

  private name(what: string): string {
    return `MASTER_KEY_COMMAND (${this.program} ${what})`;
  }
}
