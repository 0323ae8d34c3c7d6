import { setTimeout as sleep } from 'node:timers/promises';
import type { Projection } from '#event-sourcing/projection.js';
import { noteProgress } from './note-progress.js';
import type { ProjectorOptions } from './projector.js';
import { type RebuildReport, rebuildTogether } from './rebuild.js';

/** How long those that come first wait for others: all projections of a new installation ask within moments. */
const GATHER_MS = 300;

interface Asked {
  readonly projection: Projection;
  readonly hold: boolean;
  resolve(report: Promise<RebuildReport>): void;
  reject(error: unknown): void;
}

/** Builds what is asked for at about the same time from one reading of the log; what is asked for later waits until that is done. */
export class Builds {
  private asked: Asked[] = [];
  private busy = false;

  constructor(private readonly options: ProjectorOptions) {}

  /** Builds a projection and swaps it, whatever the live one holds, unless it shall wait. @throws what `rebuild` throws. */
  build(projection: Projection, hold: boolean): Promise<RebuildReport> {
    return new Promise((resolve, reject) => {
      this.asked.push({ projection, hold, resolve, reject });
      if (!this.busy) void this.work();
    });
  }

  private async work(): Promise<void> {
    const { signal } = this.options;
    this.busy = true;
    while (this.asked.length) {
      await sleep(GATHER_MS, undefined, { signal }).catch(() => undefined);
      const together = this.asked.splice(0);
      if (signal.aborted) {
        for (const { reject } of together) reject(signal.reason);
        continue;
      }
      const projections = together.map(({ projection }) => projection);
      const hold = together.filter(one => one.hold).map(({ projection }) => projection);
      const notes = new Map(projections.map(({ name }) => [name, noteProgress(this.options.database, name)]));
      const reports = rebuildTogether({
        ...this.options,
        projections,
        hold,
        force: true,
        onProgress: ({ name }, progress) => notes.get(name)?.(progress),
      });
      for (const [index, { resolve }] of together.entries()) resolve(reports[index]!);
      await Promise.allSettled(reports);
    }
    this.busy = false;
  }
}
