import type { ServerDuplexStream } from '@grpc/grpc-js';
import shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import status from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js';
import streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import { type AppendFault, LATE_MS, type Node, notLeader, refused } from './faults.js';
import type { Expected, Log, Outcome, Proposed } from './log.js';
import { streamName, uuidText } from './messages.js';

type Req = InstanceType<typeof streams.BatchAppendReq>;
type Resp = InstanceType<typeof streams.BatchAppendResp>;
type Options = InstanceType<typeof streams.BatchAppendReq.Options>;

const MAX_APPEND_SIZE = 1024 * 1024;

/** An append that has not been sent completely yet. */
interface Pending {
  readonly options: Options;
  readonly events: Proposed[];
}

function expectedBy(options: Options): Expected {
  if (options.hasStreamPosition()) return Number(options.getStreamPosition());
  if (options.hasNoStream()) return -1;
  return options.hasStreamExists() ? 'streamExists' : 'any';
}

const proposedBy = (request: Req): Proposed[] =>
  request.getProposedMessagesList().map(message => ({
    id: uuidText(message.getId()),
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  }));

function refusal(kind: string, details: { serializeBinary(): Uint8Array }): Resp {
  const packed = new any.Any();
  packed.pack(details.serializeBinary(), `event_store.client.${kind}`);
  return new streams.BatchAppendResp().setError(new status.Status().setMessage(kind).setDetails(packed));
}

function wrongExpectedVersion(current: number, options: Options): Resp {
  const details = new shared.WrongExpectedVersion();
  if (current < 0) details.setCurrentNoStream(new empty.Empty());
  else details.setCurrentStreamRevision(String(current));
  if (options.hasStreamPosition()) details.setExpectedStreamPosition(options.getStreamPosition());
  if (options.hasNoStream()) details.setExpectedNoStream(new empty.Empty());
  if (options.hasStreamExists()) details.setExpectedStreamExists(new empty.Empty());
  return refusal('WrongExpectedVersion', details);
}

function answerTo(outcome: Outcome, options: Options): Resp {
  if ('current' in outcome) return wrongExpectedVersion(outcome.current, options);
  const text = outcome.last.position.toString();
  const position = new shared.AllStreamPosition().setCommitPosition(text).setPreparePosition(text);
  const success = new streams.BatchAppendResp.Success().setPosition(position);
  return new streams.BatchAppendResp().setSuccess(success.setCurrentRevision(String(outcome.last.revision)));
}

function perform(log: Log, { options, events }: Pending): Resp {
  const size = events.reduce((sum, event) => sum + event.data.length + event.metadata.length, 0);
  if (size > MAX_APPEND_SIZE)
    return refusal(
      'MaximumAppendSizeExceeded',
      new shared.MaximumAppendSizeExceeded().setMaxappendsize(MAX_APPEND_SIZE),
    );
  return answerTo(log.append(streamName(options.getStreamIdentifier()), expectedBy(options), events), options);
}

/** The answer of a server that was too slow: whether the append was stored, it does not say. */
const timeout = () => refusal('Timeout', new shared.Timeout());

/** Many appends over one call; each may come in several messages, told apart by their correlation id. */
export function handleBatchAppend(log: Log, node: Node, call: ServerDuplexStream<Req, Resp>): void {
  const pending = new Map<string, Pending>();
  call.on('data', (request: Req) => {
    const correlation = uuidText(request.getCorrelationId());
    const append = pending.get(correlation) ?? { options: request.getOptions() as Options, events: [] };
    append.events.push(...proposedBy(request));
    pending.set(correlation, append);
    if (!request.getIsFinal()) return;
    pending.delete(correlation);
    const elsewhere = notLeader(node, call.metadata);
    if (elsewhere) {
      call.emit('error', elsewhere);
      return;
    }
    const answer = (response: Resp) => {
      if (call.destroyed) return;
      response.setCorrelationId(request.getCorrelationId());
      call.write(response.setStreamIdentifier(append.options.getStreamIdentifier()));
    };
    respond(call, node, node.faults.append?.(), () => perform(log, append), answer);
  });
  call.on('end', () => call.end());
  call.on('error', () => undefined);
}

function respond(
  call: ServerDuplexStream<Req, Resp>,
  node: Node,
  fault: AppendFault | undefined,
  performed: () => Resp,
  answer: (response: Resp) => void,
): void {
  switch (fault) {
    case 'cutBefore':
      node.cut();
      return;
    case 'refused':
      call.emit('error', refused);
      return;
    case 'cutAfter':
      performed();
      node.cut();
      return;
    case 'answerLost':
      performed();
      return;
    case 'deadlineExceeded':
      performed();
      answer(timeout());
      return;
    case 'late':
      setTimeout(answer, LATE_MS, performed());
      return;
    default:
      answer(performed());
  }
}
