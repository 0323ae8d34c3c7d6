import { setTimeout as sleep } from 'node:timers/promises';
import { businessDay } from '#event-sourcing/business-time.js';
import type { EventOf, Instant, Position } from '#event-sourcing/event.js';
import type { EventStore, Page } from '#event-sourcing/event-store.js';
import { type Viewer, viewerOf } from '#platform/access/viewer.js';
import type { Bearer } from '#platform/authentication/bearer.js';
import { type Account, accountsOf } from './accounts.js';
import { apply, emptyOrganisation, type IdentityEvents, identityTypes } from './organisation.js';
import { type Today, today } from './today.js';

/** How long a command that changes who may do what waits until it holds here. */
const PATIENCE_MS = 5_000;
/** Between two tries to follow a log that cannot be read. */
const PAUSE_MS = 1_000;
/**
 * Between two looks into the log while nobody waits for it: with a look after each batch of commands, reading that nobody had got other
 * rights took a tenth of the time of a command.
 */
const BREATH_MS = 20;

export interface IdentitiesOptions {
  readonly store: EventStore;
  readonly timeZone: string;
  readonly clock: () => Instant;
  /** Called each time that the log cannot be followed; it is tried again. */
  readonly onTrouble?: (error: unknown) => void;
}

/** Who comes in and what they may see, in memory, following the log. */
export class Identities {
  private readonly organisation = emptyOrganisation();
  private readonly stopping = new AbortController();
  private readonly listeners: (() => void)[] = [];
  private readonly waiting = new Set<() => void>();
  private upTo: Position = 0n;
  private answers: Today | undefined;
  /** All accounts, as long as these are today's answers. */
  private listed: { readonly as: Today; readonly accounts: readonly Account[] } | undefined;
  private following: Promise<void> | undefined;
  /** Ends the breath that is being taken. */
  private hurry = () => {};

  private constructor(private readonly options: IdentitiesOptions) {}

  /** Resolves when everything that the log holds now is known. */
  static async follow(options: IdentitiesOptions): Promise<Identities> {
    const identities = new Identities(options);
    for await (const page of options.store.readAll({ types: identityTypes })) identities.take(page);
    identities.following = identities.followOn();
    return identities;
  }

  /** The viewer that a token's bearer is now; undefined for somebody we don't know, or who has left. */
  viewer(bearer: Omit<Bearer, 'expiresAt'>): Viewer | undefined {
    const { identityOf, colleagues } = this.today();
    const identity = identityOf(bearer);
    if (!identity) return undefined;
    const roles = identity.roles.filter(role => bearer.role === undefined || role === bearer.role);
    return viewerOf({ ...identity, roles }, colleagues);
  }

  /** Everybody who comes in, or once did, as of today; in the order of their ids. */
  accounts(): readonly Account[] {
    const today = this.today();
    if (this.listed?.as !== today) this.listed = { as: today, accounts: accountsOf(this.organisation, today) };
    return this.listed.accounts;
  }

  /** Resolves once this process knows the log up to there; after a while without the log all the same: the command is done. */
  async seen(position: Position): Promise<void> {
    if (this.upTo >= position) return;
    await new Promise<void>(resolve => {
      const end = () => {
        clearTimeout(late);
        this.waiting.delete(look);
        resolve();
      };
      const look = () => this.upTo >= position && end();
      const late = setTimeout(end, PATIENCE_MS);
      this.waiting.add(look);
      this.hurry();
    });
  }

  /** Calls `listen` when somebody may have got other rights. */
  onChange(listen: () => void): void {
    this.listeners.push(listen);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.hurry();
    await this.following;
  }

  private today(): Today {
    const day = businessDay(this.options.clock(), this.options.timeZone);
    if (this.answers?.day !== day) this.answers = today(this.organisation, day);
    return this.answers;
  }

  private async followOn(): Promise<void> {
    const { signal } = this.stopping;
    const { store, onTrouble } = this.options;
    while (!signal.aborted) {
      try {
        for await (const page of store.follow({ types: identityTypes, after: this.upTo, signal })) {
          this.take(page);
          await this.breathe();
        }
      } catch (error) {
        // Whoever was known stays so while the log cannot be read; readiness tells load balancers to go elsewhere.
        onTrouble?.(error);
      }
      // Also after a store that was closed, which ends without an error and would be asked again at once, for ever.
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async breathe(): Promise<void> {
    if (this.waiting.size > 0 || this.stopping.signal.aborted) return;
    await new Promise<void>(resolve => {
      const breath = setTimeout(resolve, BREATH_MS);
      this.hurry = () => {
        clearTimeout(breath);
        resolve();
      };
    });
  }

  private take({ events, upTo }: Page): void {
    for (const event of events) apply(this.organisation, event as EventOf<IdentityEvents>);
    this.upTo = upTo;
    if (events.length > 0) {
      this.answers = undefined;
      for (const listen of this.listeners) listen();
    }
    for (const look of this.waiting) look();
  }
}
