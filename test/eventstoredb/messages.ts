import shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { Stored } from './log.js';

type Resp = InstanceType<typeof streams.ReadResp>;
type Uuid = InstanceType<typeof shared.UUID>;

const TICKS_PER_MILLISECOND = 10_000n;

/** How a client wants to see event ids: as text, or as two signed 64-bit halves. */
export type UuidForm = 'string' | 'structured';

function uuid(id: string, form: UuidForm): Uuid {
  const message = new shared.UUID();
  if (form === 'string') return message.setString(id);
  const hex = id.replaceAll('-', '');
  const half = (digits: string) => BigInt.asIntN(64, BigInt(`0x${digits}`)).toString();
  const halves = new shared.UUID.Structured();
  halves.setMostSignificantBits(half(hex.slice(0, 16))).setLeastSignificantBits(half(hex.slice(16)));
  return message.setStructured(halves);
}

export function uuidText(message: Uuid | undefined): string {
  const halves = message?.getStructured();
  if (!halves) return message?.getString() ?? '';
  const digits = (half: string) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0');
  const hex = digits(halves.getMostSignificantBits()) + digits(halves.getLeastSignificantBits());
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export const streamName = (identifier: InstanceType<typeof shared.StreamIdentifier> | undefined) =>
  Buffer.from(identifier?.getStreamName_asU8() ?? '').toString('utf8');

const streamIdentifier = (name: string) => new shared.StreamIdentifier().setStreamName(Buffer.from(name, 'utf8'));

export function eventResponse(event: Stored, form: UuidForm): Resp {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  const position = event.position.toString();
  recorded.setId(uuid(event.id, form)).setStreamIdentifier(streamIdentifier(event.stream));
  recorded.setStreamRevision(String(event.revision)).setCommitPosition(position).setPreparePosition(position);
  recorded.setData(event.data).setCustomMetadata(event.metadata);
  const map = recorded.getMetadataMap();
  map.set('type', event.type).set('content-type', event.contentType);
  map.set('created', (BigInt(event.created) * TICKS_PER_MILLISECOND).toString());
  const read = new streams.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(position);
  return new streams.ReadResp().setEvent(read);
}

export function notFoundResponse(stream: string): Resp {
  const notFound = new streams.ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(stream));
  return new streams.ReadResp().setStreamNotFound(notFound);
}

export const confirmationResponse = (id: string): Resp =>
  new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id));

export const caughtUpResponse = (): Resp => new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());

export function checkpointResponse({ position }: Stored): Resp {
  const text = position.toString();
  const checkpoint = new streams.ReadResp.Checkpoint().setCommitPosition(text).setPreparePosition(text);
  return new streams.ReadResp().setCheckpoint(checkpoint);
}
