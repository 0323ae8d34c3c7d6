import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { aggregates } from '#crm/aggregates.js';
import { DraftContract } from '#crm/contract/contract.commands.js';
import { RegisterCustomer } from '#crm/customer/customer.commands.js';
import { HireEmployee } from '#crm/employee/employee.commands.js';
import type { AnyDecider } from '#event-sourcing/decider.js';
import { Refusal } from '#event-sourcing/refusal.js';
import { all, eventsOf } from '#event-store/contract/opened-store.js';
import { type LogUnderTest, logUnderTest } from '#event-store/postgres/testing/log-under-test.js';
import type { Envelope } from '#platform/graphql/command.js';
import { interrupted } from '#test/support/memory-crm.js';
import { crmOn, sideBySide } from './crm-on.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const RACERS = 32;
const RACES = trials({ short: 15, full: 500 });
const RACES_AT_ONCE = 2;
const CRASH = new Error('The process died.');

/** What is raced for. The same value is written in different ways. */
interface Prize {
  readonly command: new () => Envelope;
  readonly creates: string;
  readonly input: (race: number, racer: number) => object;
}

const prizes: readonly Prize[] = [
  {
    command: RegisterCustomer,
    creates: 'CustomerRegistered',
    input: (race, racer) => ({ name: `客户 ${racer}`, taxNumber: racer % 2 ? `91330-A${race}` : `91330-a${race}` }),
  },
  {
    command: HireEmployee,
    creates: 'EmployeeHired',
    input: (race, racer) => ({
      name: `员工 ${racer}`,
      email: racer % 2 ? `li${race}@example.com` : `LI${race}@example.com`,
    }),
  },
  {
    command: DraftContract,
    creates: 'ContractDrafted',
    input: (race, racer) => ({
      customerId: 'known',
      number: racer % 2 ? `HT-${race}` : ` ht-${race}`,
      amount: { minor: 100, currency: 'CNY' },
    }),
  },
];

let log: LogUnderTest;
beforeEach(async () => {
  log = await logUnderTest();
  await crmOn(log.store).send(RegisterCustomer, { customerId: 'known', name: '华东机电' });
});
afterEach(() => log.close());

it(
  'Of 32 who want the same tax number, e-mail or contract number at once, over two processes that crash now and then, one gets it',
  async () => {
    const chance = new Chance();
    const outcome = await race(RACES, chance, aggregates);
    report('uniqueness', chance, { racers: RACERS, ...outcome });
    expect(outcome).toMatchObject({ winners: RACES, racesWithoutOneWinner: 0, holders: RACES });
  },
  PATIENCE_MS,
);

it('Control: without reservations several get it', async () => {
  const unreserved = aggregates.map(({ unique: _, ...decider }) => decider as AnyDecider);
  const outcome = await race(3, new Chance(), unreserved);
  expect(outcome.racesWithoutOneWinner).toBe(3);
  expect(outcome.holders).toBeGreaterThan(3);
});

/** `holders` is what the log says: how many records were created with a value that was raced for. */
async function race(races: number, chance: Chance, deciders: readonly AnyDecider[]) {
  let crashes = 0;
  const stores = [log.store, await log.open()];
  const processes = stores.map(store => {
    const crashing = interrupted(store, async () => {
      if (!chance.chance(0.05)) return;
      crashes++;
      throw CRASH;
    });
    return crmOn(crashing, deciders);
  });
  const before = await log.store.head();
  const winners = await sideBySide(races, RACES_AT_ONCE, async n => {
    const { command, input } = prizes[n % prizes.length]!;
    const run = async (racer: number): Promise<boolean> => {
      const sent = { ...input(n, racer), commandId: `race-${n}-${racer}` };
      for (;;) {
        const won = await chance
          .pick(processes)
          .send(command, sent)
          .then(() => true, lostOrCrashed);
        if (won !== undefined) return won;
      }
    };
    const results = await Promise.all(Array.from({ length: RACERS }, (_, racer) => run(racer)));
    return results.filter(Boolean).length;
  });
  const created = eventsOf(
    await all(log.store.readAll({ after: before, types: prizes.map(({ creates }) => creates) })),
  );
  return {
    races,
    crashes,
    winners: winners.reduce((sum, count) => sum + count, 0),
    racesWithoutOneWinner: winners.filter(count => count !== 1).length,
    holders: created.length,
  };
}

/** False for who lost, nothing for whoever has to send it again. */
function lostOrCrashed(error: unknown): false | undefined {
  if (error === CRASH) return undefined;
  if (error instanceof Refusal && error.code === 'ALREADY_TAKEN') return false;
  throw error;
}
