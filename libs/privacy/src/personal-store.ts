import type { NewEvent, RecordedEvent } from '#event-sourcing/event.js';
import type {
  Appended,
  EventStore,
  ExpectedRevision,
  Page,
  ReadAllOptions,
  ReadStreamOptions,
} from '#event-sourcing/event-store.js';
import type { AnyPrivacy, Person } from '#event-sourcing/privacy.js';
import { refuse } from '#event-sourcing/refusal.js';
import { encrypted, type Secrets, secretsOf } from './encrypted-event.js';
import { closed, openedEvents } from './opened-events.js';
import { GONE, type Known, type PersonKeys } from './person-keys.js';

/** Events of a stream that are opened together. */
const STREAM_PAGE = 200;

/** A store that encrypts what is personal, each person's with that person's key. What it is given to read is as it was written. */
export class PersonalStore implements EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly keys: PersonKeys,
    private readonly privacy: AnyPrivacy,
  ) {}

  /** @throws Refusal PERSON_ERASED for personal data of somebody who was erased; and as the port says. */
  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    const secrets = events.map(event => secretsOf(event, this.privacy));
    const known = secrets.map(secret => secret && this.keys.recall(secret.person));
    // Without waiting, so that it goes into the same batch as what else is appended in the same breath.
    const keys = secrets.every((secret, at) => !secret || known[at]) ? known : await this.makeKeys(secrets);
    return this.store.append(
      stream,
      expected,
      events.map((event, at) => stored(event, secrets[at], keys[at])),
    );
  }

  async *readStream(stream: string, { limit, ...options }: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    let page: RecordedEvent[] = [];
    for await (const event of this.store.readStream(stream, { ...options, ...(limit !== undefined && { limit }) })) {
      page.push(event);
      if (page.length < STREAM_PAGE) continue;
      yield* await openedEvents(page, this.keys);
      page = [];
    }
    if (page.length) yield* await openedEvents(page, this.keys);
  }

  readAll(options?: ReadAllOptions): AsyncIterable<Page> {
    return this.openedPages(this.store.readAll(options));
  }

  follow(options: ReadAllOptions): AsyncIterable<Page> {
    return this.openedPages(this.store.follow(options));
  }

  head() {
    return this.store.head();
  }

  close() {
    return this.store.close();
  }

  private makeKeys(secrets: readonly (Secrets | undefined)[]) {
    return Promise.all(secrets.map(secret => secret && this.keys.make(secret.person)));
  }

  private async *openedPages(pages: AsyncIterable<Page>): AsyncIterable<Page> {
    for await (const page of pages) {
      // One event must not end the reading of the whole log; whoever works with it is told.
      const events = await openedEvents(page.events, this.keys, closed);
      yield events === page.events ? page : { ...page, events };
    }
  }
}

/** @throws Refusal PERSON_ERASED */
function stored(event: NewEvent, secrets: Secrets | undefined, key: Known | undefined): NewEvent {
  if (!secrets) return event;
  if (key === GONE) throw erased(secrets.person);
  return encrypted(event, secrets, key!);
}

const erased = (person: Person) =>
  refuse('PERSON_ERASED', `${person} was erased (已删除): nothing personal can be recorded there any more.`);
