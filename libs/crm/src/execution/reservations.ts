import { createHash, randomUUID } from 'node:crypto';
import type { AnyDecider } from '#event-sourcing/decider.js';
import type { Instant, NewEvent, RecordedEvent } from '#event-sourcing/event.js';
import { type EventStore, type ExpectedRevision, WrongExpectedRevision } from '#event-sourcing/event-store.js';
import { refuse } from '#event-sourcing/refusal.js';

/** A value that only one aggregate of a kind may hold: `{ kind: 'customer', name: 'taxNumber', value: '9133…' }`. */
export interface Claim {
  readonly kind: string;
  readonly name: string;
  readonly value: string;
}

interface Reservation {
  readonly owner: string;
  readonly reservedAt: Instant;
  readonly revision: bigint;
}

/** A claimed value is its claimant's for so long before its aggregate has to show it: two appends, with room for a slow store. */
const GRACE_MS = 60_000;

/** The unique values that a record has after its events and had not before. */
export function claimsOf({ stream: kind, unique }: AnyDecider, before: unknown, after: unknown): Claim[] {
  if (!unique) return [];
  const [held, wanted] = [unique(before), unique(after)];
  return Object.entries(wanted).flatMap(([name, value]) =>
    value && held[name] !== value ? [{ kind, name, value }] : [],
  );
}

/** A digest in hex. Of a keyed one only who has the key can try out values. */
export type Fingerprint = (text: string) => string;

/** What named reservations before there was a key, and names them where there is none. */
const sha256: Fingerprint = text => createHash('sha256').update(text).digest('hex');

/** Named by a digest, because the value (an e-mail address) may be personal. Case, width and spaces don't make a value another one. */
function reservationStream({ kind, name, value }: Claim, fingerprint: Fingerprint): string {
  const same = value.normalize('NFKC').trim().toLowerCase();
  return `reservation-${fingerprint(JSON.stringify([kind, name, same]))}`;
}

/** Whether two values are one and the same, as far as uniqueness goes. */
export const sameClaim = (one: Claim, other: Claim): boolean =>
  reservationStream(one, sha256) === reservationStream(other, sha256);

/**
 * Uniqueness across streams that holds on every store: the claim is the first event of a stream named by the value.
 * A crash between claim and append is healed by repeating the command, or by the next claimant once the grace is over.
 */
export class Reservations {
  constructor(
    private readonly store: EventStore,
    /** Whether the aggregate of that id holds the claimed value. */
    private readonly holds: (owner: string, claim: Claim) => Promise<boolean>,
    private readonly fingerprint: Fingerprint = sha256,
  ) {}

  /** @throws Refusal ALREADY_TAKEN if another aggregate holds the value. */
  async claim(claim: Claim, owner: string, template: Pick<NewEvent, 'metadata' | 'recordedAt'>): Promise<void> {
    const stream = reservationStream(claim, this.fingerprint);
    const before = await this.ofBefore(claim);
    if (before && before.owner !== owner && (await this.isHeld(before, claim, template.recordedAt)))
      throw this.taken(claim);
    let current: Reservation | undefined;
    // Loses at most once per rival that wins in the same moment; who waits longest sees the winner and is refused.
    for (;;) {
      // The claimant's own reservation from an earlier try is renewed: it may be so old that a rival is taking it over right now.
      const rival = current && current.owner !== owner ? current : undefined;
      if (rival && (await this.isHeld(rival, claim, template.recordedAt))) throw this.taken(claim);
      try {
        await this.reserve(stream, current?.revision ?? 'noStream', claim, owner, template);
        return;
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
        current = await this.last(stream);
      }
    }
  }

  /** From before names were keyed; nothing is added there any more. */
  private async ofBefore(claim: Claim): Promise<Reservation | undefined> {
    return this.fingerprint === sha256 ? undefined : this.last(reservationStream(claim, sha256));
  }

  private async isHeld(current: Reservation, claim: Claim, now: Instant): Promise<boolean> {
    const fresh = Date.parse(now) - Date.parse(current.reservedAt) < GRACE_MS;
    return fresh || (await this.holds(current.owner, claim));
  }

  private taken({ name, value }: Claim) {
    return refuse('ALREADY_TAKEN', `${name} ${value} belongs to another one already.`, { field: name });
  }

  private async reserve(
    stream: string,
    expected: ExpectedRevision,
    { kind, name }: Claim,
    owner: string,
    template: Pick<NewEvent, 'metadata' | 'recordedAt'>,
  ): Promise<void> {
    // The reason of the command may be personal; it stands, encrypted, in the claimant's own events.
    const { reason: _, ...metadata } = template.metadata;
    const event: NewEvent = {
      ...template,
      metadata,
      id: randomUUID(),
      type: 'ValueReserved',
      data: { kind, name, owner },
    };
    await this.store.append(stream, expected, [event]);
  }

  private async last(stream: string): Promise<Reservation | undefined> {
    for await (const event of this.store.readStream(stream, { backwards: true, limit: 1 })) {
      const { owner } = (event as RecordedEvent<'ValueReserved', { owner: string }>).data;
      return { owner, reservedAt: event.recordedAt, revision: event.revision };
    }
    return undefined;
  }
}
