const codeOf = (error: unknown) => (error as { code?: unknown } | null)?.code;

/**
 * The connection is gone or could not be made: the server stops, starts, is full, or the network broke. What was asked may or may not have happened.
 * Node's own codes begin with E (ECONNRESET …); `pg` says some of it in words only.
 */
export function connectionLost(error: unknown): boolean {
  const code = codeOf(error);
  if (typeof code === 'string') return /^(08|57P0|53300$|E[A-Z]+)/.test(code);
  return error instanceof Error && /connection|timeout/i.test(error.message);
}

/** Another process wrote to the same stream between our check and our insert. */
export const raced = (error: unknown) => codeOf(error) === '23505';

/** Reading again does no harm: a connection that broke while it lay in the pool costs one more try, not an error. */
export async function onceMore<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!connectionLost(error)) throw error;
    return read();
  }
}
