import type { EventMetadata, Instant, NewEvent } from './event.js';

/** Data and metadata of an event as JSON. */
export interface EncodedContent {
  readonly data: string;
  readonly metadata: string;
}

/**
 * A new event whose data and metadata were written as JSON already: a store that keeps texts keeps these, and does not encode the same
 * things once more. To everybody else it is an event like any other.
 */
export class EncodedEvent implements NewEvent {
  readonly id: string;
  readonly type: string;
  readonly recordedAt: Instant;

  constructor(
    { id, type, recordedAt }: Pick<NewEvent, 'id' | 'type' | 'recordedAt'>,
    readonly encoded: EncodedContent,
  ) {
    this.id = id;
    this.type = type;
    this.recordedAt = recordedAt;
  }

  get data(): unknown {
    return JSON.parse(this.encoded.data);
  }

  get metadata(): EventMetadata {
    return JSON.parse(this.encoded.metadata);
  }

  toJSON(): NewEvent {
    const { id, type, data, metadata, recordedAt } = this;
    return { id, type, data, metadata, recordedAt };
  }
}
