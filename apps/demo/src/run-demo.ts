import { AsyncLocalStorage } from 'node:async_hooks';
import { aggregates } from '#crm/aggregates.js';
import { SignContract } from '#crm/contract/contract.commands.js';
import { Executor } from '#crm/execution/executor.js';
import type { Fingerprint } from '#crm/execution/reservations.js';
import { ConvertLead } from '#crm/lead/lead.commands.js';
import { defaultPipeline } from '#crm/pipeline/default-pipeline.js';
import { DefinePipeline } from '#crm/pipeline/pipeline.commands.js';
import { policies } from '#crm/policies/policies.js';
import { runPolicy } from '#crm/policies/run-policy.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { systemViewer } from '#platform/access/viewer.js';
import type { Action } from './action.js';
import { type SimulationOptions, simulate } from './simulate.js';
import { roleOf } from './staff.js';

export interface DemoOptions extends SimulationOptions {
  readonly store: EventStore;
  readonly timeZone: string;
  readonly fingerprint?: Fingerprint;
}

/** Each action, with all that follows from it, has a time of its own, however many are on their way. */
const simulatedNow = new AsyncLocalStorage<number>();

/** Streams that are worked on at the same time; each one's own actions stay in order. */
const CONCURRENCY = 512;

/** Commands that a policy answers, with the stream whose last event it answers. */
const answered = new Map<unknown, string>([
  [ConvertLead, 'lead'],
  [SignContract, 'contract'],
]);

/**
 * Sends the simulated company's commands through the same path as a user's, by a clock of their own: the log looks as if the year
 * had been recorded while it happened.
 * @returns how many commands were sent; 0 if the log holds a demo already.
 */
export async function runDemo({ store, timeZone, fingerprint, ...simulation }: DemoOptions): Promise<number> {
  const clock = () => new Date(simulatedNow.getStore() ?? simulation.until).toISOString();
  const executor = new Executor({ store, aggregates, timeZone, clock, fingerprint });
  const director = new Director(store, executor);
  await executor.send(DefinePipeline, defaultPipeline, { actor: { id: 'demo', role: 'system' } });
  if (await isThere(store)) return 0;
  let sent = 0;
  for (const action of simulate(simulation)) {
    await director.send(action);
    sent++;
  }
  await director.finish();
  return sent;
}

async function isThere(store: EventStore): Promise<boolean> {
  for await (const _ of store.readStream('team-demo-team-1', { limit: 1 })) return true;
  return false;
}

/** Keeps the actions of one subject in order while different subjects go side by side. */
class Director {
  private readonly busy = new Map<string, Promise<void>>();
  private failure: unknown;

  constructor(
    private readonly store: EventStore,
    private readonly executor: Executor,
  ) {}

  async send(action: Action): Promise<void> {
    if (this.failure) throw this.failure;
    const subject = subjectOf(action);
    // What concerns the whole company has to be there before anybody refers to it.
    if (!subject) {
      await this.finish();
      return this.perform(action);
    }
    while (this.busy.size >= CONCURRENCY) await Promise.race(this.busy.values());
    const before = this.busy.get(subject);
    const work = (before ?? Promise.resolve()).then(() => this.perform(action));
    const done = work
      .catch(error => {
        this.failure = error;
      })
      .finally(() => {
        if (this.busy.get(subject) === done) this.busy.delete(subject);
      });
    this.busy.set(subject, done);
  }

  async finish(): Promise<void> {
    await Promise.all(this.busy.values());
    if (this.failure) throw this.failure;
  }

  private perform({ at, actor, type, input }: Action): Promise<void> {
    return simulatedNow.run(at, async () => {
      // Who acts in a play may do what it says, also after a handover that the rest of the story does not know of.
      await this.executor.send(type, input, { actor: { id: actor, role: roleOf(actor) }, viewer: systemViewer() });
      const stream = answered.get(type);
      if (stream) await this.answer(`${stream}-${(input as Record<string, string>)[`${stream}Id`]}`);
    });
  }

  /** Lets the policies act in the simulated time; in the real one they would come a year late. */
  private async answer(stream: string): Promise<void> {
    for await (const event of this.store.readStream(stream, { backwards: true, limit: 1 }))
      for (const policy of policies)
        if ((policy.types as readonly string[]).includes(event.type))
          await runPolicy(policy, event, this.executor, refusedPolicy);
  }
}

/** In the simulated company nothing stands against what follows from an event. */
const refusedPolicy = {
  warn: (details: object, message: string) => {
    throw new Error(`${message} ${JSON.stringify(details)}`);
  },
};

/**
 * Everything about one customer or lead belongs together: an opportunity cannot be opened before its customer is registered. All ids
 * begin with that of their root.
 */
function subjectOf({ input }: Action): string | undefined {
  for (const id of Object.values(input)) {
    const [root] = (typeof id === 'string' && /^demo-(customer|lead)-\d+/.exec(id)) || [];
    if (root) return root;
  }
  return undefined;
}
