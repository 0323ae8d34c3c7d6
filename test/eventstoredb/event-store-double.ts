import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js';
import gossipService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb.js';
import gossip from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb.js';
import featuresService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js';
import features from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js';
import streamsService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import { handleBatchAppend } from './batch-append.js';
import { type Interruption, openBreakableConnection } from './breakable-connection.js';
import type { Faults, Node } from './faults.js';
import { Log } from './log.js';
import { handleRead } from './read.js';

const HOST = '127.0.0.1';

type Unary<Answer> = handleUnaryCall<unknown, Answer>;

/** A server on loopback that speaks EventStoreDB's protocol as far as our adapter uses it. */
export interface EventStoreDouble {
  /** A connection string. */
  readonly url: string;
  /** Breaks all connections; new ones work, and the log stays. */
  cutConnections(): Promise<void>;
  /** The server cannot be reached until the interruption is ended. */
  interrupt(): Interruption;
  close(): Promise<void>;
}

const supportedMethods: Unary<InstanceType<typeof features.SupportedMethods>> = (_, answer) => {
  const batchAppend = new features.SupportedMethod();
  batchAppend.setServiceName('event_store.client.streams.streams').setMethodName('batchappend');
  const methods = new features.SupportedMethods().setEventStoreServerVersion('23.10.6');
  answer(null, methods.setMethodsList([batchAppend]));
};

/** Nodes that share a log, and who of them leads. */
export interface Cluster {
  readonly log: Log;
  /** In the order in which they were started. */
  readonly ports: number[];
  leader: number;
}

/** Starts with an empty log, but for events of the server's own. */
export const newCluster = (): Cluster => ({ log: new Log(), ports: [], leader: 0 });

/** For clients that ask where the leader is. */
const members =
  (cluster: Cluster): Unary<InstanceType<typeof gossip.ClusterInfo>> =>
  (_, answer) => {
    const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;
    const list = cluster.ports.map((port, number) =>
      new gossip.MemberInfo()
        .setIsAlive(true)
        .setState(number === cluster.leader ? LEADER : FOLLOWER)
        .setHttpEndPoint(new gossip.EndPoint().setAddress(HOST).setPort(port)),
    );
    answer(null, new gossip.ClusterInfo().setMembersList(list));
  };

/** A node of a cluster; the only one of its own unless stated otherwise. */
export async function startEventStoreDouble(cluster = newCluster(), faults: Faults = {}): Promise<EventStoreDouble> {
  const { log } = cluster;
  const number = cluster.ports.length;
  const node: Node = {
    faults,
    cut: () => connection.cut(),
    leaderElsewhere: () =>
      cluster.leader === number ? undefined : { host: HOST, port: cluster.ports[cluster.leader]! },
  };
  const server = new Server();
  server.addService(streamsService.StreamsService, {
    read: (call: Parameters<typeof handleRead>[2]) => handleRead(log, node, call),
    batchAppend: (call: Parameters<typeof handleBatchAppend>[2]) => handleBatchAppend(log, node, call),
  });
  server.addService(featuresService.ServerFeaturesService, { getSupportedMethods: supportedMethods });
  server.addService(gossipService.GossipService, { read: members(cluster) });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${HOST}:0`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const connection = await openBreakableConnection({ host: HOST, port });
  cluster.ports.push(connection.port);
  return {
    url: `kurrentdb://${HOST}:${connection.port}?tls=false`,
    cutConnections: async () => connection.cut(),
    interrupt: () => connection.interrupt(),
    async close() {
      await connection.close();
      server.forceShutdown();
    },
  };
}
