/** Fetches the next page while the current one is worked on. */
export async function* ahead<T>(pages: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = pages[Symbol.asyncIterator]();
  // Its error is thrown when it is this page's turn; until then nobody awaits it, which must not count as unhandled.
  const request = () => {
    const next = iterator.next();
    next.catch(() => undefined);
    return next;
  };
  let next = request();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = request();
      yield value;
    }
  } finally {
    // A generator is only closed after the page that it is fetching; waiting for that could take for ever when the log is quiet.
    iterator.return?.()?.catch(() => undefined);
  }
}
