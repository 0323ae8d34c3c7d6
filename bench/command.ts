import { randomUUID } from 'node:crypto';
import { spread } from '#apps/cli/src/import/concurrently.js';
import { MeasuredExecutor } from '#apps/system/src/measured.js';
import { type System, systemClock } from '#apps/system/src/system.js';
import { aggregates } from '#crm/aggregates.js';
import { HireEmployee } from '#crm/employee/employee.commands.js';
import type { Executor } from '#crm/execution/executor.js';
import { AssignLead, CaptureLead, QualifyLead } from '#crm/lead/lead.commands.js';
import type { NewEvent, RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { Metrics } from '#platform/metrics/metrics.js';
import type { Finding } from './finding.js';
import { type Contender, ratesOf, takingTurns, underLoad } from './load.js';
import type { Surroundings } from './surroundings.js';

const CALLERS = 128;
const ROUNDS = 5;
const GOAL = 0.6;
/** So many that a lead comes to its turn again when its last command is long answered. */
const WARM = 2_560;
/** More than a machine of today has commands per second: in a repetition no lead comes to its turn twice. */
const COLD_PER_SECOND = 25_000;
const SENDER = { actor: { id: 'bench', role: 'administrator' } };
const SALESPEOPLE = ['e-1', 'e-2'] as const;

const COMMAND =
  '`AssignLead` through the executor as the API uses it: check the input, load the lead and the employee that the command refers to, decide, append one event. ';
const WARM_NOTE = `${COMMAND}The leads were used before and are remembered.`;
const COLD_NOTE = `${COMMAND}Each lead is read from the store, where it has a history of three events and more.`;
const APPEND_NOTE = 'The same events appended to streams like these by as many callers, without a command.';

/** The history of a lead that everything begins with: captured, qualified, assigned. */
async function firstLead({ executor, store }: System): Promise<RecordedEvent[]> {
  for (const employeeId of SALESPEOPLE)
    await executor.send(HireEmployee, { employeeId, name: `Employee ${employeeId}` }, SENDER);
  const { id } = await executor.send(CaptureLead, { name: '上海贸易有限公司', source: 'website' }, SENDER);
  await executor.send(QualifyLead, { leadId: id, score: 70 }, SENDER);
  await executor.send(AssignLead, { leadId: id, ownerId: SALESPEOPLE[0] }, SENDER);
  const history: RecordedEvent[] = [];
  for await (const event of store.readStream(`lead-${id}`)) history.push(event);
  return history;
}

const copyFor = (leadId: string, { type, data, metadata, recordedAt }: RecordedEvent): NewEvent => ({
  id: randomUUID(),
  type,
  data: { ...(data as object), leadId },
  metadata,
  recordedAt,
});

/** Leads with that history; each is handed out again when all had their turn. */
class Leads {
  private turns = 0;

  private constructor(private readonly ids: readonly string[]) {}

  static async with(history: readonly RecordedEvent[], count: number, store: EventStore): Promise<Leads> {
    const ids = Array.from({ length: count }, () => randomUUID() as string);
    await spread(ids, async id => {
      await store.append(
        `lead-${id}`,
        'noStream',
        history.map(event => copyFor(id, event)),
      );
    });
    return new Leads(ids);
  }

  /** @returns the lead, and how often it had its turn before. */
  next(): { id: string; before: number } {
    const turn = this.turns++;
    return { id: this.ids[turn % this.ids.length]!, before: Math.floor(turn / this.ids.length) };
  }
}

/** Gives lead after lead to the salesperson who does not have it. */
const assigning = (executor: Executor, leads: Leads) => () => () => {
  const { id, before } = leads.next();
  return executor.send(AssignLead, { leadId: id, ownerId: SALESPEOPLE[(before + 1) % 2] }, SENDER);
};

const newExecutor = ({ store, config, log }: System) =>
  new MeasuredExecutor(
    { store, aggregates, timeZone: config.businessTimezone, clock: systemClock },
    new Metrics(),
    log,
  );

function appending({ store }: System, history: readonly RecordedEvent[], leads: Leads): Contender {
  const assigned = history.at(-1)!;
  return load =>
    underLoad(load, () => () => {
      const { id, before } = leads.next();
      return store.append(`lead-${id}`, BigInt(history.length - 1 + before), [copyFor(id, assigned)]);
    });
}

/** Commands from plain input to receipt, in process, against nothing but the appends that they end with. */
export function benchCommand({ onSystem, full }: Surroundings): Promise<Finding[]> {
  return onSystem(async system => {
    const seconds = full ? 3 : 1;
    const history = await firstLead(system);
    const leads = (count: number) => Leads.with(history, count, system.store);
    const [warm, cold, appended] = [await leads(WARM), await leads(COLD_PER_SECOND * seconds), await leads(WARM)];
    const contenders: Contender[] = [
      load => underLoad(load, assigning(system.executor, warm)),
      load => underLoad(load, assigning(newExecutor(system), cold)),
      appending(system, history, appended),
    ];
    const [warmRuns, coldRuns, appendRuns] = await takingTurns(contenders, { callers: CALLERS, seconds }, ROUNDS);
    const append = { name: 'append', configured: APPEND_NOTE, ...ratesOf(appendRuns!), timesAtLeast: GOAL };
    const what = (streams: string) => `command, ${streams} streams, ${CALLERS} callers`;
    const unit = 'per second' as const;
    return [
      { what: what('warm'), configured: WARM_NOTE, unit, ...ratesOf(warmRuns!), baselines: [append] },
      { what: what('cold'), configured: COLD_NOTE, unit, ...ratesOf(coldRuns!), baselines: [append] },
    ];
  });
}
