import { AddContact, HandOverCustomer, RegisterCustomer, SetCreditTerms } from '#crm/customer/customer.commands.js';
import { AssignLead, CaptureLead, ConvertLead, DisqualifyLead, QualifyLead } from '#crm/lead/lead.commands.js';
import { type Action, act, DAY_MS, dayOf, officeTime } from './action.js';
import type { Company, Salesperson } from './company.js';
import type { Random } from './random.js';
import { managerOf } from './staff.js';
import {
  badLeadReasons,
  cities,
  creditGrades,
  givenNames,
  positions,
  scales,
  sources,
  surnames,
  trades,
} from './vocabulary.js';

/** A customer as the stories of its opportunities know it. */
export interface SimulatedCustomer {
  readonly id: string;
  readonly owner: Salesperson;
  readonly since: number;
}

const personName = (random: Random) => `${random.pick(surnames)}${random.pick(givenNames)}`;

/** A customer who comes without a lead, with contacts, credit terms and now and then a new owner. */
export function registration(random: Random, company: Company, number: number, at: number) {
  const actions: Action[] = [];
  const customerId = `demo-customer-${number}`;
  const owner = random.pick(company.salespeople);
  const trade = random.pick(trades);
  const profile = {
    name: `${random.pick(cities)}${trade}有限公司${number}`,
    industry: trade,
    region: owner.region,
    scale: random.pick(scales),
    taxNumber: `9131${String(number).padStart(14, '0')}`,
  };
  actions.push(act(at, owner.id, RegisterCustomer, { customerId, ...profile, ownerId: owner.id }));
  for (let contact = 1; contact <= random.between(1, 3); contact++) {
    const contactId = `${customerId}-contact-${contact}`;
    const person = {
      name: personName(random),
      position: random.pick(positions),
      phone: `139${random.between(10_000_000, 99_999_999)}`,
    };
    actions.push(act(at + contact * 60_000, owner.id, AddContact, { customerId, contactId, ...person }));
  }
  if (random.chance(0.5)) {
    const terms = {
      creditGrade: random.pick(creditGrades),
      paymentMethod: random.pick(['transfer', 'acceptance bill']),
    };
    actions.push(act(officeTime(at + 3 * DAY_MS, random), 'demo-finance', SetCreditTerms, { customerId, ...terms }));
  }
  if (random.chance(0.06)) {
    const handover = { customerId, ownerId: random.pick(company.salespeople).id, reason: '区域调整' };
    actions.push(
      act(
        officeTime(at + random.between(40, 200) * DAY_MS, random),
        managerOf(owner.region),
        HandOverCustomer,
        handover,
      ),
    );
  }
  return { customer: { id: customerId, owner, since: at } as SimulatedCustomer, actions };
}

/** A lead that is disqualified, goes quiet, or becomes a customer with an opportunity. */
export function leadStory(random: Random, company: Company, number: number, at: number) {
  const actions: Action[] = [];
  const leadId = `demo-lead-${number}`;
  const owner = random.pick(company.salespeople);
  const campaign = company.campaigns.filter(({ startsAt }) => startsAt <= at).at(-1);
  const trade = random.pick(trades);
  const facts = {
    name: personName(random),
    company: `${random.pick(cities)}${trade}科技${number}`,
    source: random.pick(sources),
    campaignId: campaign && random.chance(0.4) ? campaign.id : undefined,
    region: owner.region,
  };
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as typeof facts;
  const assignedAtOnce = random.chance(0.6);
  actions.push(
    act(at, 'demo-marketing', CaptureLead, { leadId, ...known, ...(assignedAtOnce && { ownerId: owner.id }) }),
  );
  let now = at;
  if (!assignedAtOnce) {
    now = officeTime(now + random.between(0, 3) * DAY_MS, random) + 9 * 3_600_000;
    actions.push(act(now, managerOf(owner.region), AssignLead, { leadId, ownerId: owner.id }));
  }
  if (random.chance(0.15)) return { actions };
  now = officeTime(now + random.between(1, 6) * DAY_MS, random) + DAY_MS;
  if (random.chance(0.3)) {
    actions.push(act(now, owner.id, DisqualifyLead, { leadId, reason: random.pick(badLeadReasons) }));
    return { actions };
  }
  actions.push(act(now, owner.id, QualifyLead, { leadId, score: random.between(40, 100) }));
  if (random.chance(0.25)) return { actions };
  now = officeTime(now + random.between(2, 12) * DAY_MS, random) + DAY_MS;
  const amount = { minor: random.skewed(80_000) * 100, currency: 'CNY' };
  actions.push(act(now, owner.id, ConvertLead, { leadId, opportunityName: `${trade}项目`, amount }));
  const customer: SimulatedCustomer = { id: `${leadId}-customer`, owner, since: now };
  return { actions, converted: { customer, opportunityId: `${leadId}-opportunity`, amount, at: now, on: dayOf(now) } };
}
