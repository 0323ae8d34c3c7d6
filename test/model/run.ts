import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { aggregates } from '#crm/aggregates.js';
import { Executor } from '#crm/execution/executor.js';
import { defaultPipeline } from '#crm/pipeline/default-pipeline.js';
import { DefinePipeline } from '#crm/pipeline/pipeline.commands.js';
import { policies } from '#crm/policies/policies.js';
import { runPolicy } from '#crm/policies/run-policy.js';
import { addDays } from '#event-sourcing/business-time.js';
import type { AnyDecider } from '#event-sourcing/decider.js';
import type { Day, Position } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { Refusal } from '#event-sourcing/refusal.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { CrmModel, type Reaction } from './crm-model.js';
import { commandOf, type Deed } from './deeds.js';
import { TIME_ZONE } from './figures.js';

const FIRST_DAY: Day = '2026-03-02';
const sender = { actor: { id: 'tester', role: 'administrator' } };
const quiet = { warn: () => undefined };

export interface Sent {
  readonly reaction: Reaction;
  readonly position?: Position;
}

/** The product beside the model. */
export class Company {
  readonly model = new CrmModel();
  readonly store = new MemoryEventStore();
  readonly executor: Executor;
  readonly tally = { commands: 0, changed: 0 };
  today: Day = FIRST_DAY;
  private moment = 0;
  private answered = 0n;

  constructor(private readonly deciders: readonly AnyDecider[] = aggregates) {
    this.executor = this.process(this.store);
  }

  /** One more process on the same log, as it were. `store` stands in for it. */
  process(store: EventStore): Executor {
    return new Executor({ store, aggregates: this.deciders, timeZone: TIME_ZONE, clock: this.now });
  }

  async open(): Promise<this> {
    await this.executor.send(DefinePipeline, defaultPipeline, sender);
    return this;
  }

  /** Does it with product and model. @throws AssertionError when they react differently. */
  async do(deed: Deed, late = 0): Promise<void> {
    const on = addDays(this.today, -late);
    const { reaction } = await this.send(deed, { late });
    deepStrictEqual(reaction, this.model.apply(deed, on));
    await this.answer();
    this.tally.commands++;
    if (reaction === 'changed') this.tally.changed++;
  }

  /** Does it with the product alone; `position` is where it came to stand. */
  async send(deed: Deed, { late = 0, executor = this.executor } = {}): Promise<Sent> {
    const [type, input] = commandOf(deed);
    const occurredAt = late ? { occurredAt: instantOn(addDays(this.today, -late), 0) } : {};
    try {
      const { changed, position } = await executor.send(type, { ...input, ...occurredAt }, sender);
      return { reaction: changed ? 'changed' : 'unchanged', position };
    } catch (error) {
      if (error instanceof Refusal) return { reaction: error.code };
      throw error;
    }
  }

  /** Lets the policies answer what has happened. */
  private async answer(): Promise<void> {
    for await (const { events, upTo } of this.store.readAll({ after: this.answered })) {
      this.answered = upTo;
      for (const event of events)
        for (const policy of policies)
          if ((policy.types as readonly string[]).includes(event.type))
            await runPolicy(policy, event, this.executor, quiet);
    }
  }

  private readonly now = (): string => instantOn(this.today, ++this.moment);
}

/** At noon in Shanghai, and a little later each time. */
const instantOn = (day: Day, moment: number): string =>
  new Date(Date.parse(`${day}T04:00:00.000Z`) + moment).toISOString();

type Real = { readonly company: Company };

/** Somebody does something, perhaps entered days late. */
class Does implements fc.AsyncCommand<CrmModel, Real> {
  constructor(
    private readonly deed: Deed,
    private readonly late: number,
  ) {}

  check = () => true;
  run = (_: CrmModel, { company }: Real) => company.do(this.deed, this.late);
  toString = () => JSON.stringify(this.late ? { ...this.deed, late: this.late } : this.deed);
}

/** Days go by; what the model says at the end of the day is what is known on it. */
class DaysPass implements fc.AsyncCommand<CrmModel, Real> {
  constructor(
    private readonly days: number,
    private readonly onEveningOf: (company: Company) => void,
  ) {}

  check = () => true;
  run = async (_: CrmModel, { company }: Real) => {
    this.onEveningOf(company);
    company.today = addDays(company.today, this.days);
  };
  toString = () => `${this.days} days pass`;
}

/** Up to 50 things that happen one after the other. */
export const happenings = (deed: fc.Arbitrary<Deed>, onEveningOf: (company: Company) => void = () => undefined) =>
  fc.commands(
    [
      fc.tuple(deed, fc.constantFrom(0, 0, 0, 1, 12)).map(([deed, late]) => new Does(deed, late)),
      ...Array.from({ length: 6 }, () => fc.tuple(deed).map(([deed]) => new Does(deed, 0))),
      fc.integer({ min: 1, max: 9 }).map(days => new DaysPass(days, onEveningOf)),
    ],
    { size: 'max', maxCommands: 50 },
  );

export const runIn = (company: Company, commands: Iterable<fc.AsyncCommand<CrmModel, Real>>) =>
  fc.asyncModelRun(() => ({ model: company.model, real: { company } }), commands);
