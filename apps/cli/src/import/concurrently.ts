/** Commands on their way at the same time: enough to fill the store's batches. */
const CONCURRENCY = 256;

/** Works on many items at the same time. After the first failure none is begun any more, and those under way are awaited. */
export async function spread<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let failed = false;
  const worker = async () => {
    try {
      while (!failed) {
        const { done, value } = await source.next();
        if (done) return;
        await work(value);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: CONCURRENCY }, worker));
  await source.return?.();
  const failure = outcomes.find(({ status }) => status === 'rejected');
  if (failure) throw (failure as PromiseRejectedResult).reason;
}

/** Runs works that share a key one after the other, in the order in which they come, and all others at the same time. */
export function inTurns(): (keys: readonly string[], work: () => Promise<void>) => Promise<void> {
  const underWay = new Map<string, Promise<void>>();
  return async (keys, work) => {
    const before = keys.map(key => underWay.get(key)).filter(other => other !== undefined);
    const mine = before.length > 0 ? Promise.all(before).then(work) : work();
    for (const key of keys) underWay.set(key, mine);
    try {
      await mine;
    } finally {
      for (const key of keys) if (underWay.get(key) === mine) underWay.delete(key);
    }
  };
}
