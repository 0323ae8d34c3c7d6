import type { RebuildProgress } from '#projections/progress.js';

/** On a terminal: several projections tell of every page, and nobody reads faster. */
const EVERY_MS = 200;

/** A line per projection, written over on a terminal; elsewhere a line whenever one of them enters a phase. */
export class ProgressLines {
  private readonly shown = new Map<string, { phase: string; text: string }>();
  private readonly width: number;
  private drawn = 0;
  private next = 0;

  constructor(
    private readonly out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
    names: readonly string[],
  ) {
    this.width = Math.max(...names.map(({ length }) => length));
  }

  show(name: string, progress: RebuildProgress): void {
    const { phase } = progress;
    const entered = this.shown.get(name)?.phase !== phase;
    const text = `${name.padEnd(this.width)}  ${described(progress)}`;
    this.shown.set(name, { phase, text });
    if (!this.out.isTTY && entered) this.out.write(`${text}\n`);
    if (this.out.isTTY && (entered || performance.now() >= this.next)) this.draw();
  }

  private draw(): void {
    this.next = performance.now() + EVERY_MS;
    const up = this.drawn ? `\x1b[${this.drawn}A` : '';
    const lines = [...this.shown.values()].map(({ text }) => `\r\x1b[K${text}\n`);
    this.out.write(`${up}${lines.join('')}`);
    this.drawn = lines.length;
  }
}

function described({ phase, events, eventsPerSecond, etaSeconds, position, target }: RebuildProgress): string {
  const percent = target ? Math.min(Math.floor((Number(position) / Number(target)) * 100), 100) : 100;
  const left = phase === 'folding' ? `  ${Math.ceil(etaSeconds)} s left` : '';
  return `${phase}  ${percent} %  ${events} events  ${Math.round(eventsPerSecond)}/s${left}`;
}
