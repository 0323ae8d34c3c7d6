import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStoreDouble, newCluster, startEventStoreDouble } from '#test/eventstoredb/event-store-double.js';
import type { AppendFault, Faults } from '#test/eventstoredb/faults.js';
import type { Stored } from '#test/eventstoredb/log.js';
import type { Chance } from './trials.js';

const NODES = 2;
/** How long the client waits for an answer that got lost, in ms. Shorter than a busy machine's pauses, it would never get one. */
const DEADLINE_MS = 1_000;
const APPENDS_THAT_FAIL = 0.06;
const READS_THAT_FAIL = 0.15;
const APPEND_FAULTS: readonly AppendFault[] = [
  ...(['cutBefore', 'cutAfter', 'cutAfter', 'deadlineExceeded', 'deadlineExceeded'] as const),
  ...(['refused', 'late', 'late', 'late', 'answerLost'] as const),
];

/** A cluster of EventStoreDB doubles whose network, nodes and leadership fail all the time. */
export interface Storm {
  readonly url: string;
  /** How often which fault happened. */
  readonly faults: ReadonlyMap<string, number>;
  /** Ends all faults; what they broke is left as it is. */
  calm(): Promise<void>;
  /** What is in the log, without the server's own events. */
  stored(): Stored[];
  close(): Promise<void>;
}

export async function startStorm(chance: Chance): Promise<Storm> {
  const counts = new Map<string, number>();
  const happens = <Fault extends string>(fault: Fault): Fault => {
    counts.set(fault, (counts.get(fault) ?? 0) + 1);
    return fault;
  };
  let storms = true;
  const faults: Faults = {
    append: () => (storms && chance.chance(APPENDS_THAT_FAIL) ? happens(chance.pick(APPEND_FAULTS)) : undefined),
    read: () => {
      if (!storms || !chance.chance(READS_THAT_FAIL)) return undefined;
      const how = chance.pick(['cut', 'refused'] as const);
      happens(`${how} while reading`);
      return { after: chance.between(0, 40), how };
    },
  };
  const cluster = newCluster();
  const nodes: EventStoreDouble[] = [];
  for (let number = 0; number < NODES; number++) nodes.push(await startEventStoreDouble(cluster, faults));
  const elect = () => {
    happens('leader moved');
    cluster.leader = (cluster.leader + 1) % NODES;
  };
  const restart = async () => {
    happens('node restarted');
    const interruptions = nodes.filter(() => chance.chance(0.7)).map(node => node.interrupt());
    await sleep(chance.between(5, 60));
    for (const interruption of interruptions) interruption.end();
  };
  const cut = () => {
    happens('connections cut');
    return chance.pick(nodes).cutConnections();
  };
  const raging = (async () => {
    while (storms) {
      await sleep(chance.between(20, 200));
      await chance.pick([elect, restart, cut])();
    }
  })();
  const hosts = cluster.ports.map(port => `127.0.0.1:${port}`).join(',');
  return {
    url: `kurrentdb://${hosts}?tls=false&discoveryInterval=10&defaultDeadline=${DEADLINE_MS}`,
    faults: counts,
    async calm() {
      storms = false;
      await raging;
    },
    stored: () => cluster.log.all.filter(({ type }) => !type.startsWith('$')),
    async close() {
      for (const node of nodes) await node.close();
    },
  };
}
