import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { openAccessLog } from '#apps/system/src/open-access-log.js';
import { systemClock } from '#apps/system/src/system.js';
import type { Config } from '#platform/config.js';
import type { AccessLog } from '#read-models/access-log/access-log.js';

/** What is about to be read on the command line. */
export interface Reading {
  /** `crm replay customer` */
  readonly operation: string;
  readonly arguments?: object;
  readonly records?: readonly string[];
}

/** Leaves a trace of what is about to be read: who breaks it off in the middle has read as well. */
export async function leaveTrace(accessLog: AccessLog, reading: Reading): Promise<void> {
  const { operation, arguments: given = {}, records = [] } = reading;
  await accessLog.written({
    at: systemClock(),
    // The command line asks for no token; what the machine says of its user is the most that is known.
    actorId: `cli:${userInfo().username}`,
    role: 'system',
    operation,
    fields: ['HistoryEntry.data'],
    arguments: given,
    records,
    outcome: 'ok',
    correlationId: randomUUID(),
  });
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** The same where only the log is needed. A log has to be saved also when the read models are gone, so that is said and no more. */
export async function leaveTraceIfPossible(config: Config, reading: Reading): Promise<void> {
  try {
    const { accessLog, close } = await openAccessLog(config, silent);
    try {
      await leaveTrace(accessLog, reading);
    } finally {
      await close();
    }
  } catch (error) {
    process.stderr.write(`This leaves no trace in the access log: ${(error as Error).message}\n`);
  }
}
