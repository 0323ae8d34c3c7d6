import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js';
import gossipService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb.js';
import gossip from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb.js';
import featuresService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js';
import features from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js';
import streamsService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import { handleBatchAppend } from './batch-append.js';
import { type Interruption, openBreakableConnection } from './breakable-connection.js';
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

/** A cluster of one, for clients that ask where the leader is. */
const clusterOfOne =
  (port: () => number): Unary<InstanceType<typeof gossip.ClusterInfo>> =>
  (_, answer) => {
    const leader = new gossip.MemberInfo().setIsAlive(true).setState(gossip.MemberInfo.VNodeState.LEADER);
    leader.setHttpEndPoint(new gossip.EndPoint().setAddress(HOST).setPort(port()));
    answer(null, new gossip.ClusterInfo().setMembersList([leader]));
  };

/** Starts with an empty log, but for events of the server's own. */
export async function startEventStoreDouble(): Promise<EventStoreDouble> {
  const log = new Log();
  const server = new Server();
  server.addService(streamsService.StreamsService, {
    read: (call: Parameters<typeof handleRead>[1]) => handleRead(log, call),
    batchAppend: (call: Parameters<typeof handleBatchAppend>[1]) => handleBatchAppend(log, call),
  });
  server.addService(featuresService.ServerFeaturesService, { getSupportedMethods: supportedMethods });
  server.addService(gossipService.GossipService, { read: clusterOfOne(() => connection.port) });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${HOST}:0`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const connection = await openBreakableConnection({ host: HOST, port });
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
