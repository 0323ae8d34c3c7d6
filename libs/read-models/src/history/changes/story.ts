import type { Instant, RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { readBeginnings, readStreams } from '../read-events.js';
import { type Facts, type Referred, referred } from './fields.js';
import { type RawChange, Records, recordOf } from './fold.js';
import { Names, recordNamed, streamOf } from './names.js';
import { worded } from './values.js';

/** A change in words. */
export interface Change {
  readonly field: string;
  readonly name: string;
  readonly label: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly beforeValue: unknown;
  readonly afterValue: unknown;
  /** `Stage: 方案报价 → 合同谈判` */
  readonly text: string;
}

/** What one event did, still with ids. */
interface Deed {
  readonly event: RecordedEvent;
  readonly changes: readonly RawChange[];
  /** Of its record, before and after it. */
  readonly facts: readonly [Facts, Facts];
}

interface Told {
  readonly deeds: ReadonlyMap<string, Deed>;
  readonly names: Names;
}

/**
 * What the events of a page changed, and who the people in them were: told from what had been recorded before, and until `knownAt`,
 * by reading the streams once more, and only if somebody asks.
 */
export class Story {
  private telling?: Promise<Told>;

  constructor(
    private readonly store: EventStore,
    /** In the order of the log; of each stream without a gap among those known. */
    private readonly events: readonly RecordedEvent[],
    private readonly knownAt?: Instant | null,
  ) {}

  async changesOf({ id, recordedAt }: RecordedEvent): Promise<Change[]> {
    const { deeds, names } = await this.told();
    const { changes, facts } = deeds.get(id)!;
    return changes.map(({ field, words, ...values }) => {
      const [before, after] = [values.before, values.after].map((value, index) =>
        worded(words, value, facts[index]!, (kind, id) => {
          const record = recordNamed(kind, id, facts[1].customerId);
          return record && names.at(recordedAt, record);
        }),
      ) as [string | null, string | null];
      const text = `${words.name}: ${before ?? '–'} → ${after ?? '–'}`;
      const { name, label } = words;
      return { field, name, label, before, after, beforeValue: values.before, afterValue: values.after, text };
    });
  }

  /** The name that an employee or an account had by then; null for machines of ours and people whom the log does not know. */
  async personAt(instant: Instant, id: string): Promise<string | null> {
    const { names } = await this.told();
    return names.at(instant, `employee-${id}`) ?? names.at(instant, `account-${id}`) ?? null;
  }

  private told(): Promise<Told> {
    this.telling ??= this.tell();
    return this.telling;
  }

  private async tell(): Promise<Told> {
    const deeds = await this.deeds();
    const referred = new Set([...deeds].flatMap(([, deed]) => recordsIn(deed)).map(streamOf));
    return { deeds, names: new Names(this.known(await readStreams(this.store, [...referred]))) };
  }

  private async deeds(): Promise<ReadonlyMap<string, Deed>> {
    const first = new Map<string, bigint>();
    for (const { stream, revision } of this.events) if (!first.has(stream)) first.set(stream, revision);
    const records = new Records();
    for (const event of this.known(await readBeginnings(this.store, first))) records.apply(event);
    return new Map(
      this.events.map(event => {
        const record = recordOf(event);
        const before = records.of(record);
        const changes = records.changesBy(event);
        return [event.id, { event, changes, facts: [before, records.of(record)] }];
      }),
    );
  }

  private known(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
    const { knownAt } = this;
    return knownAt == null ? events : events.filter(({ recordedAt }) => recordedAt <= knownAt);
  }
}

const isReferred = (shows: unknown): shows is Referred => referred.some(kind => kind === shows);

/** The records that are to be named. */
function recordsIn({ event: { metadata }, changes, facts }: Deed): string[] {
  const people = [metadata.actor?.id, metadata.onBehalfOf].filter(id => id !== undefined);
  return [
    ...people.flatMap(id => [`employee-${id}`, `account-${id}`]),
    ...changes.flatMap(({ words: { shows }, before, after }) =>
      isReferred(shows)
        ? [before, after].flatMap(id =>
            typeof id === 'string' ? (recordNamed(shows, id, facts[1].customerId) ?? []) : [],
          )
        : [],
    ),
  ];
}
