/** How long the server may take for an append, or for the next event of a read, in ms. */
export const ANSWER_TIMEOUT = 10_000;

/** As the connection string says (`defaultDeadline`, in ms), or the usual time. */
export function answerTimeoutOf(url: string): number {
  const stated = /[?&]defaultDeadline=(\d+)/i.exec(url)?.[1];
  return stated ? Number(stated) : ANSWER_TIMEOUT;
}

/** The server did not answer in time; whether it did the work is unknown. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor(waited: number) {
    super(`The event store did not answer within ${waited} ms.`);
  }
}

/** The server ended a subscription without saying why. */
export class SubscriptionEnded extends Error {
  override readonly name = 'SubscriptionEnded';
}

export interface Patience {
  /** Longest silence, in ms. */
  readonly timeout?: number;
  /** Aborting it ends the wait with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * What `work` brings, unless it falls silent: the client itself waits for ever in some states of a broken connection.
 * @param work Calls its parameter at each sign of life, and hears whether it is still waited for.
 * @throws NoAnswer, or the signal's reason.
 */
async function attended<T>(work: (alive: () => boolean) => Promise<T>, { timeout = ANSWER_TIMEOUT, signal }: Patience) {
  signal?.throwIfAborted();
  let waiting = true;
  let giveUp: (reason: unknown) => void = () => undefined;
  const given = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  const timer = setTimeout(() => giveUp(new NoAnswer(timeout)), timeout);
  const aborted = () => giveUp(signal?.reason);
  signal?.addEventListener('abort', aborted);
  const alive = () => {
    if (waiting) timer.refresh();
    return waiting;
  };
  try {
    return await Promise.race([work(alive), given]);
  } finally {
    waiting = false;
    clearTimeout(timer);
    signal?.removeEventListener('abort', aborted);
  }
}

/** The answer to one call. */
export const answered = <T>(call: Promise<T>, patience: Patience = {}): Promise<T> => attended(() => call, patience);

/**
 * Hands everything that a read yields to `take`, until it is given up. It is then read to its end all the same: the client cannot cancel
 * a read, and one that nobody reads keeps its part of the connection's window, which all other reads share.
 */
export const taken = <T>(items: AsyncIterable<T>, take: (item: T) => void, patience: Patience = {}): Promise<void> =>
  attended(async alive => {
    for await (const item of items) if (alive()) take(item);
  }, patience);
