import { isDeepStrictEqual } from 'node:util';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { wordsOf } from '../history.words.js';
import { type Facts, type Field, type FieldName, fields } from './fields.js';

/** That a field of a record was one thing before an event and is another one after it. */
export interface RawChange {
  readonly field: FieldName;
  readonly words: Field;
  /** As it stands in the log; null: nothing. */
  readonly before: unknown;
  readonly after: unknown;
}

type Event = Pick<RecordedEvent, 'stream' | 'type' | 'data'>;
const told = Object.entries(fields).filter((entry): entry is [FieldName, Field] => entry[1] !== undefined);

/** Which record an event is about: that of its stream, except that a customer's stream tells of its contacts, too. */
export function recordOf({ stream, type, data }: Event): string {
  return /^Contact(Added|Changed|Removed)$/.test(type)
    ? contactRecord(stream, (data as { contactId: string }).contactId)
    : stream;
}

/** A contact's id is its customer's affair. */
export const contactRecord = (customerStream: string, contactId: string): string => `${customerStream}#${contactId}`;

/** Records as the events so far made them. */
export class Records {
  private readonly facts = new Map<string, Facts>();

  /** Takes in the next event of a stream. An event of a type that this version does not know changes nothing that it could tell. */
  apply(event: Event): void {
    const words = wordsOf(event.type);
    if (!words) return;
    const before = this.of(recordOf(event));
    this.facts.set(recordOf(event), { ...before, ...words.says(event.data, before) });
  }

  /** The same, telling what it changed. */
  changesBy(event: Event): RawChange[] {
    const record = recordOf(event);
    const before = this.of(record);
    this.apply(event);
    const after = this.of(record);
    return told.flatMap(([field, words]) => {
      const [was, is] = [before[field] ?? null, after[field] ?? null];
      return isDeepStrictEqual(was, is) || isItself(record, field) ? [] : [{ field, words, before: was, after: is }];
    });
  }

  of(record: string): Facts {
    return this.facts.get(record) ?? {};
  }
}

/** That a record is this record is no news. */
function isItself(record: string, field: FieldName): boolean {
  const kind = record.slice(0, record.indexOf('-'));
  return field === `${kind}Id` || (record.includes('#') && field === 'contactId');
}
