import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import { type Node, notLeader, type ReadFault, refused } from './faults.js';
import type { Log, Stored } from './log.js';
import {
  caughtUpResponse,
  checkpointResponse,
  confirmationResponse,
  eventResponse,
  notFoundResponse,
  streamName,
  type UuidForm,
} from './messages.js';

type Req = InstanceType<typeof streams.ReadReq>;
type Resp = InstanceType<typeof streams.ReadResp>;
type Options = InstanceType<typeof streams.ReadReq.Options>;
type Call = ServerWritableStream<Req, Resp>;

const BATCH = 32;

const isBackwards = (options: Options) =>
  options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;

function matcherOf(options: Options): (event: Stored) => boolean {
  const filter = options.getFilter();
  const expression = filter?.getEventType() ?? filter?.getStreamIdentifier();
  if (!filter || !expression) return () => true;
  const subject = (event: Stored) => (filter.hasEventType() ? event.type : event.stream);
  const prefixes = expression.getPrefixList();
  if (prefixes.length > 0) return event => prefixes.some(prefix => subject(event).startsWith(prefix));
  const pattern = new RegExp(expression.getRegex());
  return event => pattern.test(subject(event));
}

/** The asked events of one stream, or undefined when there is no such stream. */
function ofStream(log: Log, options: Options): readonly Stored[] | undefined {
  const asked = options.getStream();
  const events = log.stream(streamName(asked?.getStreamIdentifier()));
  if (!asked || !events) return undefined;
  const from = asked.hasRevision() ? Number(asked.getRevision()) : asked.hasEnd() ? events.length : 0;
  return isBackwards(options) ? events.slice(0, from + 1).reverse() : events.slice(from);
}

/** The asked events of the log: forwards from a position including it, backwards from a position excluding it. */
function ofAll(log: Log, options: Options): readonly Stored[] {
  const asked = options.getAll();
  const position = asked?.hasPosition() ? BigInt(asked.getPosition()!.getCommitPosition()) : undefined;
  const matches = matcherOf(options);
  if (isBackwards(options)) {
    const events = asked?.hasStart()
      ? []
      : log.all.filter(event => position === undefined || event.position < position);
    return events.filter(matches).reverse();
  }
  if (asked?.hasEnd()) return [];
  return log.all.filter(event => event.position >= (position ?? 0n) && matches(event));
}

/** Sends with back pressure, and stops when the client has gone, or when its call is to come to a bad end. */
class Outlet {
  private readonly gone = new AbortController();
  private readonly fault;
  private sent = 0;
  readonly uuids: UuidForm;

  constructor(
    private readonly call: Call,
    private readonly node: Node,
  ) {
    this.fault = node.faults.read?.();
    call.on('cancelled', () => this.gone.abort());
    call.on('error', () => this.gone.abort());
    this.uuids = call.request.getOptions()?.getUuidOption()?.hasString() ? 'string' : 'structured';
  }

  get signal(): AbortSignal {
    return this.gone.signal;
  }

  async send(response: Resp): Promise<void> {
    this.signal.throwIfAborted();
    if (this.sent++ === this.fault?.after) this.fail(this.fault.how);
    if (!this.call.write(response)) await once(this.call, 'drain', { signal: this.signal });
  }

  private fail(how: ReadFault['how']): never {
    if (how === 'cut') this.node.cut();
    else this.call.emit('error', refused);
    this.gone.abort();
    throw this.signal.reason;
  }
}

async function read(log: Log, options: Options, outlet: Outlet): Promise<void> {
  const found = options.hasStream() ? ofStream(log, options) : ofAll(log, options);
  if (!found) return outlet.send(notFoundResponse(streamName(options.getStream()?.getStreamIdentifier())));
  const count = Number(options.getCount());
  for (const event of found.slice(0, count)) await outlet.send(eventResponse(event, outlet.uuids));
}

/** Where a subscription to the log begins: behind its position. */
function startOf(log: Log, options: Options): number {
  const asked = options.getAll();
  if (asked?.hasEnd()) return log.all.length;
  if (!asked?.hasPosition()) return 0;
  const position = BigInt(asked.getPosition()!.getCommitPosition());
  const next = log.all.findIndex(event => event.position > position);
  return next < 0 ? log.all.length : next;
}

/** Everything behind the start, `caught up`, and then what is written; with a filter also how far it has looked. */
async function subscribe(log: Log, options: Options, outlet: Outlet): Promise<never> {
  const matches = matcherOf(options);
  const filter = options.getFilter();
  const interval = (filter?.hasMax() ? filter.getMax() : BATCH) * (filter?.getCheckpointintervalmultiplier() || 1);
  await outlet.send(confirmationResponse(randomUUID()));
  let looked = 0;
  let live = false;
  for (let next = startOf(log, options); ; next++) {
    if (next === log.all.length && !live) {
      live = true;
      await outlet.send(caughtUpResponse());
    }
    while (next === log.all.length) await once(log, 'written', { signal: outlet.signal });
    const event = log.all[next]!;
    if (matches(event)) await outlet.send(eventResponse(event, outlet.uuids));
    if (filter && ++looked % interval === 0) await outlet.send(checkpointResponse(event));
  }
}

/** Reads and subscriptions are one method of the service. Subscriptions to single streams are not offered. */
export async function handleRead(log: Log, node: Node, call: Call): Promise<void> {
  const elsewhere = notLeader(node, call.metadata);
  if (elsewhere) {
    call.emit('error', elsewhere);
    return;
  }
  const options = call.request.getOptions();
  if (!options || (options.hasSubscription() && options.hasStream())) {
    call.emit('error', { code: status.UNIMPLEMENTED, details: 'The double does not offer this read.' });
    return;
  }
  const outlet = new Outlet(call, node);
  try {
    if (options.hasSubscription()) await subscribe(log, options, outlet);
    await read(log, options, outlet);
    call.end();
  } catch (error) {
    if (!outlet.signal.aborted) throw error;
  }
}
