import type { Verdict } from '#integrity/verify-log.js';

export interface Printed {
  readonly verdict: Verdict;
  /** Fingerprints of the keys that were trusted. */
  readonly keys: readonly string[];
  readonly milliseconds: number;
  readonly json: boolean;
}

/** Prints what was found, in words or as JSON. */
export function print(out: NodeJS.WritableStream, { verdict, keys, milliseconds, json }: Printed): void {
  if (json) {
    out.write(`${JSON.stringify({ ...verdict, keys })}\n`);
    return;
  }
  const { events, unchained, heads, sealed, findings, findingCount, notices } = verdict;
  const rate = Math.round(events / (milliseconds / 1_000));
  out.write(`${events} events in ${(milliseconds / 1_000).toFixed(1)} s (${rate}/s)\n`);
  out.write(`${heads} tree heads; ${sealed} events are sealed, ${events - sealed} came later\n`);
  for (const key of keys) out.write(`trusted key ${key}\n`);
  if (unchained > 0) out.write(`${unchained} events are from before there were hashes: only the tree covers them\n`);
  for (const notice of notices) out.write(`note: ${notice}\n`);
  for (const { kind, text, id, number } of findings) {
    const where = [id && `event ${id}`, number && `number ${number} in the log`].filter(Boolean).join(', ');
    out.write(`${kind.toUpperCase()}: ${text}${where ? ` (${where})` : ''}\n`);
  }
  if (findingCount > findings.length) out.write(`… and ${findingCount - findings.length} more\n`);
  out.write(findingCount === 0 ? 'Nothing was found that is not as it was written.\n' : `${findingCount} findings\n`);
}

/** Counts on a terminal, with the rate so far. */
export function counter(started: number): (events: number) => void {
  let shown = performance.now();
  return events => {
    if (!process.stderr.isTTY || performance.now() - shown < 200) return;
    shown = performance.now();
    const rate = Math.round(events / ((shown - started) / 1_000));
    process.stderr.write(`\r\x1b[K${events} events (${rate}/s)\r`);
  };
}
