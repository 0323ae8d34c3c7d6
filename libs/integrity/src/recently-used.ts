/**
 * What is known of the keys that were used last. In two halves: when the younger is full, the older is forgotten as a whole. Moving
 * each key to the end of one map at every use was three times as expensive.
 */
export class RecentlyUsed<Value> {
  private younger = new Map<string, Value>();
  private older = new Map<string, Value>();

  /** @param half How many to remember at least; at most twice as many. */
  constructor(private readonly half: number) {}

  get(key: string): Value | undefined {
    const known = this.younger.get(key);
    if (known !== undefined) return known;
    const older = this.older.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, value: Value): void {
    this.younger.set(key, value);
    if (this.younger.size < this.half) return;
    this.older = this.younger;
    this.younger = new Map();
  }
}
