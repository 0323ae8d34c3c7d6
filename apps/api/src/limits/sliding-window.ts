/** Uses are counted by slots of a window, so that a client takes little memory however much it asks. */
const SLOTS = 100;

/** What a client has used, the oldest slot first. */
interface Used {
  sum: number;
  readonly slots: { readonly slot: number; points: number }[];
  /** Until when what it was last refused does not fit. */
  refusedUntil: number;
}

/**
 * How much clients use: within no time of `windowMs`, wherever it begins, more than `most`. They are looked at by slots of a hundredth, and
 * a slot counts until the last of it is over, so who uses up steadily gets at least 99 of 100.
 */
export class SlidingWindow {
  private young = new Map<string, Used>();
  /** Not seen since the last window began; those of the one before are forgotten as a whole. */
  private old = new Map<string, Used>();
  private nextAt = 0;
  private readonly slotMs: number;

  constructor(
    private readonly most: number,
    private readonly windowMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.slotMs = windowMs / SLOTS;
  }

  /** Uses so many up, if there are so many. @returns 0, otherwise in how many ms they can be used; then nothing was. */
  use(client: string, points: number): number {
    const now = this.now();
    const used = this.of(client, now);
    const slot = Math.floor(now / this.slotMs);
    while (used.slots[0] && used.slots[0].slot < slot - SLOTS) used.sum -= used.slots.shift()!.points;
    if (used.sum + points > this.most) {
      used.refusedUntil = this.fitsAt(used, points) ?? now + this.windowMs;
      return used.refusedUntil - now;
    }
    const last = used.slots.at(-1);
    if (last?.slot === slot) last.points += points;
    else used.slots.push({ slot, points });
    used.sum += points;
    return 0;
  }

  /** In how many ms what a client was last refused can be used; 0 if it was refused nothing, or that is over. */
  refusedFor(client: string): number {
    const now = this.now();
    return Math.max(0, this.of(client, now).refusedUntil - now);
  }

  /** When so many points fit beside those that are still counted then; undefined for more than ever fit. */
  private fitsAt({ sum, slots }: Used, points: number): number | undefined {
    let left = sum;
    const freeing = slots.find(({ points: freed }) => {
      left -= freed;
      return left + points <= this.most;
    });
    return freeing && (freeing.slot + SLOTS + 1) * this.slotMs;
  }

  private of(client: string, now: number): Used {
    if (now >= this.nextAt) {
      this.old = this.young;
      this.young = new Map();
      this.nextAt = now + this.windowMs + this.slotMs;
    }
    const used = this.young.get(client) ?? this.old.get(client) ?? { sum: 0, slots: [], refusedUntil: 0 };
    this.young.set(client, used);
    return used;
  }
}
