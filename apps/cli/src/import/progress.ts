const INTERVAL_MS = 200;

/** One line on a terminal that is written over: what, how far, how fast, how long yet. Nothing where there is no terminal. */
export function progressLine(out: NodeJS.WriteStream, now: () => number = Date.now) {
  const started = now();
  let last = 0;
  return {
    show(what: string, done: number, total: number): void {
      if (!out.isTTY || (now() - last < INTERVAL_MS && done < total)) return;
      last = now();
      const rate = done / Math.max(0.001, (last - started) / 1000);
      const left = Math.ceil((total - done) / Math.max(rate, 0.001));
      const percent = total ? Math.floor((100 * done) / total) : 100;
      out.write(`\r\x1b[K${what}  ${done}/${total} (${percent} %)  ${Math.round(rate)}/s  ${left} s left`);
    },
    clear(): void {
      if (out.isTTY) out.write('\r\x1b[K');
    },
  };
}
