import { type ChildProcess, fork } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import type { Hammering, Statuses, Steadily, Steady } from './hostile-clients.js';

/** Clients in a process of their own, so that what they do does not delay what others measure. */
export class Clients {
  private constructor(private readonly process: ChildProcess) {}

  static start(): Clients {
    const loader = pathToFileURL('test/support/typescript.mjs').href;
    return new Clients(fork('test/faults/hostile-clients.ts', { execArgv: ['--import', loader] }));
  }

  askSteadily(work: Omit<Steady, 'do'>): Promise<Steadily> {
    return this.answerTo({ do: 'ask steadily', ...work }) as Promise<Steadily>;
  }

  hammer(work: Omit<Hammering, 'do'>): Promise<Statuses> {
    return this.answerTo({ do: 'hammer', ...work }) as Promise<Statuses>;
  }

  stop(): void {
    this.process.kill();
  }

  /** One at a time. */
  private answerTo(work: Steady | Hammering): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`The clients ended (${code}).`));
      this.process.once('exit', ended);
      this.process.once('message', answer => {
        this.process.off('exit', ended);
        resolve(answer);
      });
      this.process.send(work);
    });
  }
}
