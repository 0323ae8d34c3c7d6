import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { AddContact, RegisterCustomer } from '#crm/customer/customer.commands.js';
import type { Receipt } from '#crm/execution/executor.js';
import { CaptureLead } from '#crm/lead/lead.commands.js';
import { OpenOpportunity } from '#crm/opportunity/opportunity.commands.js';
import { ReceivePayment } from '#crm/payment/payment.commands.js';
import { defaultPipeline } from '#crm/pipeline/default-pipeline.js';
import { DefinePipeline } from '#crm/pipeline/pipeline.commands.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { Refusal } from '#event-sourcing/refusal.js';
import { all, eventsOf } from '#event-store/contract/opened-store.js';
import { type LogUnderTest, logUnderTest } from '#event-store/postgres/testing/log-under-test.js';
import type { Envelope } from '#platform/graphql/command.js';
import { crmOn, sideBySide } from './crm-on.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const COMMANDS = trials({ short: 150, full: 1_000 });
const AT_ONCE = 16;
const LOST = new Error('The answer was lost.');

type Answer = Receipt | { readonly refused: string };

/** What is sent, and how many events it makes in its own stream. */
interface Kind {
  readonly command: new () => Envelope;
  readonly events: number;
  readonly input: (n: number) => object;
}

const kinds: readonly Kind[] = [
  { command: CaptureLead, events: 1, input: n => ({ name: `线索 ${n}` }) },
  { command: RegisterCustomer, events: 1, input: n => ({ name: `客户 ${n}`, taxNumber: `9133-${n}` }) },
  { command: AddContact, events: 1, input: n => ({ customerId: 'known', name: `联系人 ${n}` }) },
  { command: OpenOpportunity, events: 2, input: () => ({ customerId: 'known' }) },
  {
    command: ReceivePayment,
    events: 1,
    input: n => ({ customerId: 'known', amount: { minor: n + 1, currency: 'CNY' } }),
  },
];

/** What came of one command: the first answer that arrived, and the one to its repetition. */
interface Trial {
  readonly kind: Kind;
  readonly answers: readonly (Answer | undefined)[];
}

let log: LogUnderTest;
beforeEach(async () => {
  log = await logUnderTest();
  const { send } = crmOn(log.store);
  await send(DefinePipeline, defaultPipeline);
  await send(RegisterCustomer, { customerId: 'known', name: '华东机电' });
});
afterEach(() => log.close());

it(
  'A command whose answer is lost after the commit, and which is sent again with its id, has one effect and one answer',
  async () => {
    const chance = new Chance();
    const outcome = await sendThroughLosses(log, COMMANDS, chance, n => `command-${n}`);
    report('a command has one effect', chance, outcome);
    expect(outcome).toMatchObject({ withoutEffect: 0, doubled: 0, otherAnswer: 0 });
    expect(outcome.lostAnswers).toBeGreaterThan(COMMANDS / 4);
  },
  PATIENCE_MS,
);

it('Control: without an id, what is sent again happens again', async () => {
  const outcome = await sendThroughLosses(log, 40, new Chance(), () => undefined);
  expect(outcome.doubled).toBeGreaterThan(0);
  expect(outcome.otherAnswer).toBeGreaterThan(0);
});

/** Sends each command until it is answered, and once more; then looks what the log says about it. */
async function sendThroughLosses(
  log: LogUnderTest,
  count: number,
  chance: Chance,
  commandId: (n: number) => string | undefined,
) {
  const losses = { lostAppends: 0, lostAnswers: 0 };
  const stores = [log.store, await log.open()];
  const processes = stores.map(store => crmOn(losing(store, chance, losses)));
  const reliable = crmOn(await log.open());
  const sent = await sideBySide(count, AT_ONCE, async n => {
    const kind = chance.pick(kinds);
    const input = { ...kind.input(n), commandId: commandId(n) };
    const attempt = (process: typeof reliable) => answerOf(process.send(kind.command, input, `trial-${n}`));
    let answer: Answer | undefined;
    while (!answer) {
      // Now and then somebody impatient sends it to both processes at once.
      const asked = chance.chance(0.2) ? processes : [chance.pick(processes)];
      answer = (await Promise.all(asked.map(attempt))).find(Boolean);
    }
    return { kind, answers: [answer, await attempt(reliable)] };
  });
  return { commands: count, ...losses, ...compare(sent, eventsOf(await all(log.store.readAll()))) };
}

function compare(sent: readonly Trial[], log: readonly RecordedEvent[]) {
  const outcome = { withoutEffect: 0, doubled: 0, otherAnswer: 0 };
  const effects = new Map<string, RecordedEvent[]>(sent.map((_, n) => [`trial-${n}`, []]));
  for (const event of log) if (event.type !== 'ValueReserved') effects.get(event.metadata.$correlationId)?.push(event);
  for (const [n, { kind, answers }] of sent.entries()) {
    const effect = effects.get(`trial-${n}`)!;
    if (effect.length < kind.events) outcome.withoutEffect++;
    if (effect.length > kind.events) outcome.doubled++;
    if (!answers.every(answer => tells(answer, effect.at(-1)))) outcome.otherAnswer++;
  }
  return outcome;
}

/** Whether an answer says where in the log the command came to stand. */
function tells(answer: Answer | undefined, last: RecordedEvent | undefined): boolean {
  if (!answer || !last || 'refused' in answer) return false;
  return (
    last.stream.endsWith(`-${answer.id}`) && answer.revision === last.revision && answer.position === last.position
  );
}

/** Nothing when the answer was lost, or when the record was so busy that the sender has to try again. */
async function answerOf(receipt: Promise<Receipt>): Promise<Answer | undefined> {
  try {
    return await receipt;
  } catch (error) {
    if (error instanceof Refusal) return error.code === 'CONFLICT' ? undefined : { refused: error.code };
    if (error === LOST) return undefined;
    throw error;
  }
}

/** Loses one append in ten on its way to the store, and half of the answers on their way back. */
function losing(store: EventStore, chance: Chance, losses: { lostAppends: number; lostAnswers: number }): EventStore {
  const standIn = Object.create(store) as EventStore;
  standIn.append = async (...args) => {
    const fate = chance.next();
    if (fate < 0.1) {
      losses.lostAppends++;
      throw LOST;
    }
    const appended = await store.append(...args);
    if (fate > 0.5) return appended;
    losses.lostAnswers++;
    throw LOST;
  };
  return standIn;
}
