import { type EventLine, lineOf } from '#apps/cli/src/events/event-line.js';
import { DAY_MS } from '#apps/demo/src/action.js';
import { simulate } from '#apps/demo/src/simulate.js';
import { erasureDone, type Request } from '#apps/system/src/eraser.js';
import { aggregates } from '#crm/aggregates.js';
import { Executor } from '#crm/execution/executor.js';
import { defaultPipeline } from '#crm/pipeline/default-pipeline.js';
import { DefinePipeline } from '#crm/pipeline/pipeline.commands.js';
import { policies } from '#crm/policies/policies.js';
import { runPolicy } from '#crm/policies/run-policy.js';
import { all, eventsOf } from '#event-store/contract/opened-store.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { systemViewer } from '#platform/access/viewer.js';
import type { Envelope } from '#platform/graphql/command.js';
import { scriptedCases } from './scripted-cases.js';

const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;
const TIME_ZONE = 'Asia/Shanghai';
const SIMULATION = { seed: 2025, opportunities: 40, until: Date.parse('2025-12-31T10:00:00Z') };
const SCRIPTED_FROM = Date.parse('2025-02-27T02:00:00Z');
/** What lies between two scripted commands: they stretch over months. */
const STEP_MS = 1.7 * DAY_MS;

/**
 * The log that a release leaves to later ones: a simulated company, and scripted cases for what rarely happens. The same code
 * records the same one.
 */
export async function recordHistory(): Promise<MemoryEventStore> {
  return withNumberedIds(await record());
}

async function record(): Promise<MemoryEventStore> {
  let now = SIMULATION.until - 366 * DAY_MS;
  const store = new MemoryEventStore(() => now);
  const executor = new Executor({
    store,
    aggregates,
    timeZone: TIME_ZONE,
    clock: () => new Date(now).toISOString(),
  });
  const viewer = systemViewer();
  let answered = 0n;
  const send = async (type: new () => Envelope, input: object, actor: string, role: string) => {
    // Whoever acts in the script may: a salesperson's own organisation is not what is recorded here.
    await executor.send(type, input, { actor: { id: actor, role }, viewer });
    for await (const { events, upTo } of store.readAll({ after: answered })) {
      for (const event of events) {
        // Nothing is encrypted here: only what is recorded of an erasure.
        if (event.type === 'ErasureRequested')
          await store.append(event.stream, event.revision, [
            erasureDone(event as Request, [event.stream], new Date(now).toISOString()),
          ]);
        for (const policy of policies)
          if ((policy.types as readonly string[]).includes(event.type))
            await runPolicy(policy, event, executor, {
              warn: (details, text) => fail(`${text} ${JSON.stringify(details)}`),
            });
      }
      answered = upTo;
    }
  };
  await send(DefinePipeline, defaultPipeline, 'golden', 'system');
  const scripted = scriptedCases.map(([type, input], n) => ({ at: SCRIPTED_FROM + n * STEP_MS, type, input }));
  for (const { at, actor, type, input } of simulate(SIMULATION)) {
    while (scripted[0] && scripted[0].at <= at) {
      const { at, type, input } = scripted.shift()!;
      now = at;
      await send(type, input, 'golden', 'administrator');
    }
    now = at;
    await send(type, input, actor, 'salesperson');
  }
  if (scripted.length > 0) fail('The year is too short for all scripted cases.');
  return store;
}

/** The log with ids that the product made up replaced by such as count them. */
async function withNumberedIds(store: MemoryEventStore): Promise<MemoryEventStore> {
  const numbers = new Map<string, number>();
  const numbered = (id: string) => {
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  };
  const copy = new MemoryEventStore(() => 0);
  for (const event of eventsOf(await all(store.readAll()))) {
    const line = JSON.parse(JSON.stringify(lineOf(event)).replaceAll(UUID, numbered)) as EventLine;
    const { stream, revision, ...added } = line;
    await copy.append(stream, revision ? BigInt(revision) - 1n : 'noStream', [added]);
  }
  return copy;
}

function fail(message: string): never {
  throw new Error(message);
}
