import type pg from 'pg';

/** What the statements behind one that failed answer. */
const IN_FAILED_TRANSACTION = '25P02';

/**
 * Waits for all answers, also when one is an error: whoever gives the connection back, or rolls back, must not have statements under
 * way. @throws the error that the others came of.
 */
export async function allOf(asked: readonly Promise<unknown>[]): Promise<void> {
  const answers = await Promise.allSettled(asked);
  const errors = answers
    .filter(answer => answer.status === 'rejected')
    .map(({ reason }) => reason as { code?: string });
  if (errors.length) throw errors.find(({ code }) => code !== IN_FAILED_TRANSACTION) ?? errors[0];
}

/** Sends all statements that `ask` asks a connection of the pool for as one packet, and waits for all answers. */
export async function together(client: pg.PoolClient, ask: () => readonly Promise<unknown>[]): Promise<void> {
  // To send something costs as much as a small statement.
  const { stream } = client.connection;
  let asked: readonly Promise<unknown>[];
  stream.cork();
  try {
    asked = ask();
  } finally {
    stream.uncork();
  }
  await allOf(asked);
}
