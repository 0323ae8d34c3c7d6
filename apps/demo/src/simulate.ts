import { type Action, DAY_MS, officeTime } from './action.js';
import { foundCompany } from './company.js';
import { leadStory, registration, type SimulatedCustomer } from './customer-story.js';
import { OpportunityStory } from './opportunity-story.js';
import { Random } from './random.js';

export interface SimulationOptions {
  readonly seed: number;
  /** How many opportunities begin; everything else follows from it. */
  readonly opportunities: number;
  /** Nothing happens after this moment, in ms since 1970. */
  readonly until: number;
  readonly days?: number;
}

/** An opportunity in three comes from a lead; so many leads are needed for one. */
const LEAD_SHARE = 0.35;
const LEADS_PER_CONVERSION = 2.2;
const OPPORTUNITIES_PER_CUSTOMER = 2;

/**
 * A company's sales, action by action in the order of time: leads, customers, opportunities, contracts, payments, talks and tasks, with
 * re-entered stages, reversals, late entries, handovers and customers who fall silent. The same options give the same actions.
 */
export function* simulate({ seed, opportunities, until, days = 365 }: SimulationOptions): Generator<Action> {
  const start = Math.floor(until / DAY_MS) * DAY_MS - days * DAY_MS;
  const random = new Random(seed);
  const company = foundCompany(random, start, days, opportunities);
  const agenda = new Agenda(start, until);
  for (const action of company.actions) agenda.add(action);
  const perDay = opportunities / days;
  const customers: SimulatedCustomer[] = [];
  let [leads, numbered] = [0, 0];
  for (let day = 0; day < days; day++) {
    const today = start + day * DAY_MS;
    const due = (rate: number) => Math.floor(rate * (day + 1)) - Math.floor(rate * day);
    for (let count = due((perDay * (1 - LEAD_SHARE)) / OPPORTUNITIES_PER_CUSTOMER); count > 0; count--) {
      const { customer, actions } = registration(random, company, customers.length + 1, officeTime(today, random));
      customers.push(customer);
      agenda.addAll(actions);
    }
    for (let count = due(perDay * LEAD_SHARE * LEADS_PER_CONVERSION); count > 0; count--) {
      const { actions, converted } = leadStory(random, company, ++leads, officeTime(today, random));
      agenda.addAll(actions);
      if (!converted) continue;
      const opened = { opportunityId: converted.opportunityId, minor: converted.amount.minor };
      const story = new OpportunityStory(random, {
        number: leads,
        customer: converted.customer,
        at: converted.at,
        opened,
      });
      agenda.addAll(story.tell());
    }
    for (let count = due(perDay * (1 - LEAD_SHARE)); count > 0 && customers.length > 0; count--) {
      const customer = random.pick(customers);
      const at = officeTime(Math.max(today, customer.since) + DAY_MS, random);
      agenda.addAll(new OpportunityStory(random, { number: ++numbered, customer, at }).tell());
    }
    yield* agenda.dayIsOver();
  }
  yield* agenda.rest();
}

/** What is going to happen, kept by day: stories reach months ahead, and only one day has to be sorted at a time. */
class Agenda {
  private readonly days: (Action[] | undefined)[] = [];
  private today = 0;

  constructor(
    private readonly start: number,
    private readonly until: number,
  ) {}

  add(action: Action): void {
    if (action.at > this.until) return;
    const day = Math.max(this.today, Math.floor((action.at - this.start) / DAY_MS));
    const due = this.days[day];
    if (due) due.push(action);
    else this.days[day] = [action];
  }

  addAll(actions: readonly Action[]): void {
    for (const action of actions) this.add(action);
  }

  *dayIsOver(): Generator<Action> {
    const due = this.days[this.today] ?? [];
    this.days[this.today++] = undefined;
    yield* due.sort((a, b) => a.at - b.at);
  }

  *rest(): Generator<Action> {
    while (this.today < this.days.length) yield* this.dayIsOver();
  }
}
