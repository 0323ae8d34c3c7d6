import { Metadata, type StatusObject, status } from '@grpc/grpc-js';

/** What may befall an append. `late` is answered after others that came later. */
export type AppendFault = 'cutBefore' | 'cutAfter' | 'answerLost' | 'deadlineExceeded' | 'refused' | 'late';
/** What may befall a read or a subscription when it has sent some events. */
export type ReadFault = { readonly after: number; readonly how: 'cut' | 'refused' };

/** What goes wrong, asked at each call; nothing by default. */
export interface Faults {
  readonly append?: () => AppendFault | undefined;
  readonly read?: () => ReadFault | undefined;
}

/** A node of a cluster, as those who answer its calls see it. */
export interface Node {
  readonly faults: Faults;
  /** Breaks all connections to this node. */
  cut(): void;
  /** Where the leader is, if it is another node. */
  leaderElsewhere(): { readonly host: string; readonly port: number } | undefined;
}

export const LATE_MS = 20;

export const refused: Partial<StatusObject> = { code: status.UNAVAILABLE, details: 'The node is not ready.' };

/** How a node answers a call that only the leader takes; nothing when it is the leader, or when the call does not mind. */
export function notLeader(node: Node, metadata: Metadata): Partial<StatusObject> | undefined {
  const leader = node.leaderElsewhere();
  if (!leader || metadata.get('requires-leader')[0] !== 'true') return undefined;
  const trailers = new Metadata();
  trailers.set('exception', 'not-leader');
  trailers.set('leader-endpoint-host', leader.host);
  trailers.set('leader-endpoint-port', String(leader.port));
  return { code: status.NOT_FOUND, details: 'Leader info available', metadata: trailers };
}
