import type { FoundEvent } from './finding.js';

const FAR_MS = 5 * 60_000;

/** Events whose own time and the store's are far apart: an import, a clock that was wrong, or somebody who wrote a past of his own. */
export class TimeCheck {
  private count = 0;
  private first: FoundEvent | undefined;

  see(event: FoundEvent): void {
    if (!event.storedAt || Math.abs(Date.parse(event.storedAt) - Date.parse(event.recordedAt)) <= FAR_MS) return;
    this.count++;
    this.first ??= event;
  }

  notices(): string[] {
    if (!this.first) return [];
    const { stream, revision, recordedAt, storedAt } = this.first;
    return [
      `${this.count} events were stored more than five minutes before or after they say they were recorded, as after an import. The first is revision ${revision} of ${stream}: recorded ${recordedAt}, stored ${storedAt}.`,
    ];
  }
}
