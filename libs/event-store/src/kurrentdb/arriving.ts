/**
 * What `bring` hands to its parameter, in this order. It is brought whether or not anybody takes it, so that a slow reader holds up nobody
 * else; what is not taken yet waits in memory.
 * @throws what `bring` throws, after all that came before it.
 */
export async function* arriving<T>(bring: (push: (item: T) => void) => Promise<void>): AsyncGenerator<T> {
  const waiting: T[] = [];
  let isOver = false;
  let wake: () => void = () => undefined;
  const bringing = bring(item => {
    waiting.push(item);
    wake();
  }).finally(() => {
    isOver = true;
    wake();
  });
  // A reader that leaves early does not hear of a failure.
  bringing.catch(() => undefined);
  for (;;) {
    const woken = new Promise<void>(resolve => {
      wake = resolve;
    });
    const item = waiting.shift();
    if (item !== undefined) yield item;
    else if (isOver) break;
    else await woken;
  }
  await bringing;
}
