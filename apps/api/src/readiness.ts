import type { AppendWatch } from '#apps/system/src/append-watch.js';
import type { ProjectionsWatch } from '#apps/system/src/projections-watch.js';
import type { Position } from '#event-sourcing/event.js';
import type { ProjectionStatus } from '#projections/status.js';
import type { Reading } from '#read-models/shared/reading.js';

/** A probe usually waits for a second or a few; an answer that comes later than that is none. */
const PATIENCE_MS = 3_000;
const USUAL_LAG_SECONDS = 30;

export interface ReadinessOptions {
  /** The read models that have to follow the log. */
  readonly projections: readonly string[];
  /** How old the oldest event that a read model has not seen may be; `undefined`: as old as it likes. */
  readonly maxLagSeconds?: number;
  readonly patienceMs?: number;
}

/** Whether this process can answer, where the log ends, and all that speaks against it. */
export interface Answer {
  readonly ready: boolean;
  readonly head?: Position;
  readonly reasons: readonly string[];
}

/**
 * `READY_MAX_LAG_SECONDS`: 30 unless stated; `off` for an API that shall answer however old its read models are.
 * @throws Error for anything else.
 */
export function maxLagFrom(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const text = env.READY_MAX_LAG_SECONDS || String(USUAL_LAG_SECONDS);
  if (text === 'off') return undefined;
  if (!/^\d{1,6}$/.test(text) || Number(text) === 0)
    throw new Error(`READY_MAX_LAG_SECONDS is "${text}"; allowed is a whole number of seconds from 1, or off.`);
  return Number(text);
}

/** Says whether clients should be sent here. */
export class Readiness {
  constructor(
    private readonly reading: Reading,
    private readonly watches: { readonly projections: ProjectionsWatch; readonly appends: AppendWatch },
    private readonly options: ReadinessOptions,
  ) {}

  /** Never rejects. The lag is measured against the head of the log, never against what a projector believes. */
  async look(): Promise<Answer> {
    const [head, tables] = await Promise.allSettled([
      this.inTime(this.reading.store.head()),
      this.inTime(this.reading.ping()),
    ]);
    const reasons = [
      ...(head.status === 'rejected' ? ['The log cannot be reached.'] : []),
      ...(tables.status === 'rejected' ? ['The read models cannot be reached.'] : []),
    ];
    if (head.status === 'rejected' || reasons.length > 0) return { ready: false, reasons };
    const against = [...this.stalled(), ...(await this.behind())];
    return { ready: against.length === 0, head: head.value, reasons: against };
  }

  /** The log can be read while somebody keeps everybody from writing to it. */
  private stalled(): string[] {
    const { appends } = this.watches;
    return appends.stalled
      ? [`The log takes no appends: one has been waiting for ${Math.floor(appends.oldestSeconds)} s.`]
      : [];
  }

  private async behind(): Promise<string[]> {
    const { maxLagSeconds, projections } = this.options;
    if (maxLagSeconds === undefined) return [];
    try {
      const status = new Map((await this.inTime(this.watches.projections.status())).map(one => [one.name, one]));
      return projections.flatMap(name => this.complaint(name, status.get(name), maxLagSeconds) ?? []);
    } catch {
      return ['How far the read models are cannot be found out.'];
    }
  }

  private complaint(name: string, status: ProjectionStatus | undefined, maxLagSeconds: number): string | undefined {
    if (!status) return `${name} was never prepared.`;
    const { lagSeconds, lagEvents, state, updatedAt } = status;
    if (lagSeconds > maxLagSeconds)
      return `${name} is ${Math.round(lagSeconds)} s behind the log, more than ${maxLagSeconds} s (${state}).`;
    // Events that are dated ahead of our clock have no age yet; that nothing is done about them shows all the same.
    if (lagEvents === 0) return undefined;
    if (state === 'failing') return `${name} does not get on.`;
    if (state === 'stalled') return `${name} has not moved for seconds, although events wait.`;
    const restingMs = Date.parse(this.reading.clock()) - Date.parse(updatedAt);
    return state === 'stopped' && restingMs > maxLagSeconds * 1_000 ? `Nobody works on ${name}.` : undefined;
  }

  private inTime<T>(work: Promise<T>): Promise<T> {
    return within(this.options.patienceMs ?? PATIENCE_MS, work);
  }
}

/** Rejects when it takes longer: a database that neither answers nor refuses must not hang the probe. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
