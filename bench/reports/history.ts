import { Random } from '#apps/demo/src/random.js';
import type { CrmEvents } from '#crm/events.js';
import { defaultPipeline } from '#crm/pipeline/default-pipeline.js';
import { addDays, daysBetween } from '#event-sourcing/business-time.js';
import type { Day } from '#event-sourcing/event.js';

/** Two years of one organisation, whatever the number of opportunities: what a report costs depends on its dimensions. */
export const PERIOD = { from: '2024-07-01', to: '2026-06-30' };
export const ORGANISATION = { regions: 6, teams: 12, salespeople: 100, sources: 8, campaigns: 12, lossReasons: 5 };

export interface Happening {
  readonly stream: string;
  readonly revision: number;
  readonly type: keyof CrmEvents & string;
  readonly data: object;
}

export const employeeId = (index: number): string => `employee-${index}`;
export const teamId = (index: number): string => `team-${index}`;
export const regionOf = (team: number): string => `region-${team % ORGANISATION.regions}`;
export const sourceOf = (index: number): string => `source-${index}`;

const STAGES = defaultPipeline.stages.map(({ stage }) => stage);
const KINDS = ['VISIT', 'CALL', 'EMAIL'];

/** Only what the deciders would have decided, with data of the right type. */
const happened = <Type extends keyof CrmEvents & string>(
  stream: string,
  type: Type,
  data: CrmEvents[Type],
  revision = 0,
): Happening => ({ stream, revision, type, data });

/** Teams in their regions, salespeople in teams, campaigns. */
function founded(): Happening[] {
  const count = (length: number) => [...Array(length).keys()];
  return [
    ...count(ORGANISATION.teams).map(team =>
      happened(`team-${teamId(team)}`, 'TeamFormed', {
        teamId: teamId(team),
        name: `Team ${team}`,
        region: regionOf(team),
      }),
    ),
    ...count(ORGANISATION.salespeople).map(person => {
      const team = teamId(person % ORGANISATION.teams);
      const data = { employeeId: employeeId(person), name: `Salesperson ${person}`, teamId: team };
      return happened(`employee-${data.employeeId}`, 'EmployeeHired', data);
    }),
    ...count(ORGANISATION.campaigns).map(campaign => {
      const data = { campaignId: `campaign-${campaign}`, name: `Campaign ${campaign}`, startsOn: PERIOD.from };
      return happened(`campaign-${data.campaignId}`, 'CampaignPlanned', data as CrmEvents['CampaignPlanned']);
    }),
  ];
}

/** Every day, in its order: a year's moves of one in twelve salespeople, and the stories that have come so far. */
export function* history(opportunities: number): Iterable<{ readonly day: Day; readonly happenings: Happening[] }> {
  const random = new Random(42);
  const days = daysBetween(PERIOD.from, PERIOD.to) + 1;
  const calendar: Happening[][] = Array.from({ length: days }, () => []);
  calendar[0]!.push(...founded());
  for (let person = 0; person < ORGANISATION.salespeople; person += 12) {
    const at = random.between(60, days - 30);
    const move = {
      employeeId: employeeId(person),
      teamId: teamId(random.between(0, 11)),
      effectiveOn: addDays(PERIOD.from, at),
    };
    calendar[at]!.push(happened(`employee-${move.employeeId}`, 'EmployeeMoved', move, 1));
  }
  let opened = 0;
  for (let at = 0; at < days; at++) {
    const day = addDays(PERIOD.from, at);
    for (; opened < (opportunities * (at + 1)) / days; opened++)
      for (const { after, ...happening } of storyOf(random, opened, day)) calendar[at + after]?.push(happening);
    yield { day, happenings: calendar[at]! };
    calendar[at] = [];
  }
}

const somebody = (random: Random): string => employeeId(random.between(0, ORGANISATION.salespeople - 1));

type Later = Happening & { readonly after: number };

/** A customer, the opportunity with it, what came of that, and what the customer pays. */
function storyOf(random: Random, index: number, opening: Day): Later[] {
  const story: Later[] = [];
  const id = uuidOf(random);
  const ids = {
    opportunityId: `${id}-o`,
    customerId: `${id}-c`,
    // Whoever leads a team sees also what nobody owns.
    ownerId: random.chance(0.99) ? somebody(random) : undefined,
  };
  const { customerId, ownerId } = ids;
  const amount = { minor: random.skewed(8_000_000), currency: 'CNY' };
  let after = 0;
  const revisions = new Map<string, number>();
  const then = (happening: Happening) => {
    const revision = revisions.get(happening.stream) ?? 0;
    revisions.set(happening.stream, revision + 1);
    story.push({ ...happening, revision, after });
  };
  const on = () => addDays(opening, after);
  const stream = `opportunity-${ids.opportunityId}`;

  const customer = { customerId, name: `Customer ${index}`, type: 'COMPANY', ownerId, registeredOn: opening };
  then(happened(`customer-${customerId}`, 'CustomerRegistered', customer));
  // The opportunity stays with whom it was, and is seen by the customer's new owner as well.
  if (random.chance(0.1)) {
    const handedOver = { customerId, ownerId: somebody(random), previousOwnerId: ownerId };
    then(happened(`customer-${customerId}`, 'CustomerHandedOver', handedOver));
  }
  const campaignId = random.chance(0.25) ? `campaign-${random.between(0, ORGANISATION.campaigns - 1)}` : undefined;
  const source = sourceOf(random.between(0, ORGANISATION.sources - 1));
  const expectedCloseOn = addDays(opening, random.between(20, 90));
  const pipeline = { pipelineId: defaultPipeline.pipelineId, pipelineVersion: 1, stages: STAGES };
  const name = `Opportunity ${index}`;
  then(
    happened(stream, 'OpportunityOpened', {
      ...ids,
      ...pipeline,
      name,
      source,
      campaignId,
      amount,
      expectedCloseOn,
      openedOn: opening,
    }),
  );
  if (random.chance(0.3)) {
    const interactionId = `${id}-i`;
    const logged = {
      interactionId,
      customerId,
      employeeId: ownerId ?? somebody(random),
      kind: random.pick(KINDS),
      happenedOn: on(),
    };
    then(happened(`interaction-${interactionId}`, 'InteractionLogged', logged));
  }
  let from: string | undefined;
  for (const to of STAGES) {
    if (from && random.chance(0.35)) break;
    then(happened(stream, 'StageAdvanced', { ...ids, ...(from && { from }), to }));
    from = to;
    after += random.between(2, 25);
  }
  const won = from === STAGES.at(-1) && random.chance(0.7);
  if (!won) {
    const reason = `reason-${random.between(1, ORGANISATION.lossReasons)}`;
    // One in six is left open.
    if (random.chance(0.83)) then(happened(stream, 'OpportunityLost', { ...ids, from, reason, lostOn: on() }));
  } else if (random.chance(0.3)) {
    const contractId = `${id}-k`;
    const contract = { ...ids, contractId, amount, instalments: [{ dueOn: addDays(on(), 30), minor: amount.minor }] };
    then(happened(`contract-${contractId}`, 'ContractDrafted', contract));
    then(happened(`contract-${contractId}`, 'ContractSigned', { ...contract, signedOn: on() }));
    then(happened(stream, 'OpportunityWon', { ...ids, from, amount, contractId, wonOn: on() }));
    after += random.between(1, 40);
    const paid = { ...ids, paymentId: `${id}-p`, contractId, amount, paidOn: on() };
    then(happened(`payment-${paid.paymentId}`, 'PaymentReceived', paid));
  } else then(happened(stream, 'OpportunityWon', { ...ids, from, amount, wonOn: on() }));

  // Whoever wins or loses the opportunity: the customer buys small things.
  after = 0;
  for (let number = 0; number === 0 || random.chance(0.3); number++) {
    const small = { minor: random.skewed(90_000), currency: 'CNY' };
    const paid = { paymentId: `${id}-${number}`, customerId, ownerId, amount: small, paidOn: on() };
    then(happened(`payment-${paid.paymentId}`, 'PaymentReceived', paid));
    after += random.between(3, 120);
  }
  return story;
}

function uuidOf(random: Random): string {
  const part = () =>
    Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  const [a, b, c, d] = [part(), part(), part(), part()];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`;
}
