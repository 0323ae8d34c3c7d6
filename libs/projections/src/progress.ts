import type { Position } from '#event-sourcing/event.js';

export interface RebuildProgress {
  readonly phase: 'folding' | 'finishing' | 'comparing' | 'swapped';
  /** Events folded so far, and per second since the start. */
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly position: Position;
  /** Where folding ends. */
  readonly target: Position;
  /** Until folding ends, by the way that is behind. */
  readonly etaSeconds: number;
}

/** How far a rebuild is, told to whoever wants to know. */
export class Progress {
  private readonly started = performance.now();
  private position: Position = 0n;
  /** Folded so far. */
  events = 0;

  constructor(
    private readonly target: Position,
    private readonly onProgress?: (progress: RebuildProgress) => void,
  ) {}

  folded(events: number, position: Position): void {
    this.events = events;
    this.position = position;
    this.tell('folding');
  }

  tell(phase: RebuildProgress['phase']): void {
    const { target, events } = this;
    const position = phase === 'folding' ? this.position : target;
    const seconds = Math.max(performance.now() - this.started, 1) / 1_000;
    const part = target ? Math.min(Number(position) / Number(target), 1) : 1;
    const etaSeconds = part ? seconds / part - seconds : 0;
    this.onProgress?.({ phase, events, eventsPerSecond: events / seconds, position, target, etaSeconds });
  }
}
