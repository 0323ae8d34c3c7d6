import type pg from 'pg';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { Failures, FoldFailure, Subject } from './failures.js';
import type { Generation } from './registry.js';
import { Skips } from './skips.js';

type Queryable = Pick<pg.ClientBase, 'query'>;

/** An event that waits for a fix. It is kept by reference: a copy of its data would outlive the erasure of a person. */
interface DeadLetter extends Subject {
  readonly event: RecordedEvent;
  readonly error?: string;
}

const idOf = ({ table, key }: Subject): string => `${table}\0${key}`;

/** The keys of a generation that are parked, and the events that wait in order behind each of them. */
export class Parked implements Failures {
  private letters: DeadLetter[] = [];
  private added: string[] = [];
  /** Why the database refused what came of a key; its first letter says so. */
  private reasons = new Map<string, string>();

  private constructor(
    private readonly generation: Generation,
    private readonly keys: Set<string>,
    private readonly skips: Skips,
    /** Nothing may be parked: the first failure ends it. */
    readonly strict: boolean,
  ) {}

  static async load(client: Queryable, generation: Generation, strict = false): Promise<Parked> {
    const { rows } = await client.query<Subject>(
      `select distinct table_name as "table", key from projections.dead_letters where generation = $1`,
      [generation.id],
    );
    return new Parked(generation, new Set(rows.map(idOf)), await Skips.load(client, generation), strict);
  }

  failed(failure: FoldFailure): void {
    if (this.skips.covers(failure)) return;
    if (this.strict) throw failure;
    const { event, subject, message } = failure;
    this.park(subject);
    this.letters.push({ ...subject, event, error: message });
  }

  waits(event: RecordedEvent, subject: Subject): boolean {
    if (this.skips.waits(event, subject)) return true;
    if (this.keys.size === 0) return false;
    const id = idOf(subject);
    if (!this.keys.has(id)) return false;
    this.letters.push({ ...subject, event, error: this.reasons.get(id) });
    this.reasons.delete(id);
    return true;
  }

  /** Parks a key although its fold did not fail: the database refused what came of it. */
  park(subject: Subject, reason?: string): void {
    const id = idOf(subject);
    this.keys.add(id);
    this.added.push(id);
    if (reason) this.reasons.set(id, reason);
  }

  /** Asks for the letters to be stored. */
  write(client: Queryable): Promise<unknown>[] {
    if (!this.letters.length) return [];
    const letters = this.letters.map(({ table, key, event: { position, stream, revision, type }, error }) => ({
      table_name: table,
      key,
      position: String(position),
      stream,
      revision: String(revision),
      type,
      error,
    }));
    const stored = client.query(
      `insert into projections.dead_letters (generation, table_name, key, position, stream, revision, type, error)
       select $1, table_name, key, position, stream, revision, type, error
       from json_populate_recordset(null::projections.dead_letters, $2::json)
       on conflict (generation, table_name, key, position) do nothing`,
      [this.generation.id, JSON.stringify(letters)],
    );
    return [stored];
  }

  /** How many events were parked since the last `keep` or `undo`, and the first reason with the conversation that it comes from. */
  get news(): { count: number; reason?: string; correlationId?: string } {
    const first = this.letters.find(({ error }) => error) ?? this.letters[0];
    const correlationId = first?.event.metadata.$correlationId;
    return { count: this.letters.length, reason: first?.error, correlationId };
  }

  keep(): void {
    this.letters = [];
    this.added = [];
    this.reasons = new Map();
  }

  undo(): void {
    for (const id of this.added) this.keys.delete(id);
    this.keep();
  }
}
