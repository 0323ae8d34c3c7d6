/**
 * A source of items for one subscriber. When the subscriber leaves, the source is told by its signal: an async generator by itself
 * would hear of it only after its next item, and wait for that for ever on a quiet log. It is asked for an item only when the last one
 * was taken, so a slow subscriber holds up nobody but itself.
 */
export function endable<Item>(
  source: (signal: AbortSignal) => AsyncIterable<Item>,
  ended: () => void,
): AsyncIterableIterator<Item> {
  const stop = new AbortController();
  const items = source(stop.signal)[Symbol.asyncIterator]();
  const end = () => {
    if (stop.signal.aborted) return;
    stop.abort();
    ended();
  };
  return {
    async next() {
      try {
        const result = await items.next();
        if (result.done) end();
        return result;
      } catch (error) {
        end();
        throw error;
      }
    },
    async return() {
      end();
      await items.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
