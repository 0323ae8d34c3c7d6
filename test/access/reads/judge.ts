import type { Permission } from '#platform/access/permissions.js';
import { type Owner, owners, ownersIn, type Person, reached } from './world.js';

/**
 * By which permission the figures and texts of a type (or of one of its fields) may be seen. `marked`: texts say it themselves. Every
 * output type of the schema stands here, so that a new one is not forgotten.
 */
export const shownBy: Readonly<Record<string, Permission | 'marked'>> = {
  AccessEntry: 'accessLog.read',
  Account: 'account.read',
  Campaign: 'campaign.cost',
  CardTotals: 'contract.read',
  'CardTotals.received': 'payment.read',
  'CardTotals.won': 'opportunity.amount',
  Closing: 'closings.read',
  Contact: 'marked',
  Contract: 'contract.read',
  CreditTermsLine: 'marked',
  Customer: 'marked',
  CustomerCard: 'marked',
  DeadLetter: 'marked',
  Employee: 'marked',
  Funnel: 'funnel.read',
  HistoryActor: 'marked',
  HistoryEntry: 'history.read',
  Interaction: 'marked',
  Lead: 'marked',
  LeadFunnel: 'leadFunnel.read',
  Me: 'marked',
  Opportunity: 'opportunity.amount',
  Payment: 'payment.read',
  Pipeline: 'marked',
  Projection: 'projections.read',
  ProjectionAdvance: 'projections.read',
  RfmReport: 'rfm.read',
  SalesDailyReport: 'salesDaily.read',
  SkippedEvent: 'projections.inspect',
  StageStock: 'stages.read',
  StageTime: 'stages.read',
  StageTransition: 'stages.read',
  Task: 'marked',
  Team: 'marked',
};

/** Types that only hold others, or are parts of one that stands above: what they show is shown by the one around them. */
export const PARTS =
  /^(Money|PageInfo|Grant|Integrity|Instalment|.*(Edge|Connection|Lines)|StageName|StageEntryLine|PipelineStage|FunnelStage|FunnelGroup|GroupValue|LossReason|HistoryChange|DirectOpportunities|SalesCycle|Rfm.+|Sales.+|Projection.+|DeadLetter.+|(Figure|Line|Table)Difference)$/;

const REPORT = /^(Closing|Funnel|LeadFunnel|RfmReport|SalesDailyReport|Stage(Stock|Time|Transition))$/;
const MIXED = 'There are transactions in CNY, USD: name the currency that is meant.';
const MARK = /@([a-zA-Z]+\.[a-zA-Z]+)@([a-z+]+)@/g;

/** What somebody is told and must not be. `by` is the permission that the operation as a whole needs. */
export function leaksIn(person: Person, by: Permission, answer: unknown): string[] {
  const leaks: string[] = [];
  const sees = (permission: Permission, whose: readonly string[]) =>
    whose.some(owner => reached(person, permission).includes(owner as Owner));
  const text = (value: string, permission: Permission | undefined, path: string) => {
    for (const [, marked, whose] of value.matchAll(MARK))
      if (!sees(permission ?? (marked as Permission), whose!.split('+'))) leaks.push(`${path}: ${value}`);
    // What was asked for is answered, with nothing in it.
    if (value === MIXED && !sees(by, ['zhou'])) leaks.push(`${path}: ${value}`);
  };
  const amount = (minor: number, permission: Permission, path: string) => {
    const unseen = ownersIn(minor).filter(owner => !sees(permission, [owner]));
    if (minor >= 100 ** owners.length && !sees('campaign.cost', ['zhou'])) unseen.push('nobody');
    if (unseen.length) leaks.push(`${path}: ${minor} is of ${unseen}`);
  };
  const walk = (value: unknown, type: string | undefined, rule: Permission, path: string): void => {
    if (typeof value === 'string') text(value, type && !REPORT.test(type) ? undefined : rule, path);
    if (Array.isArray(value)) for (const item of value) walk(item, type, rule, path);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const { __typename: named } = value as { __typename?: string };
    const own = named && named in shownBy ? named : type;
    const ruled = named && shownBy[named];
    const inside = ruled && ruled !== 'marked' ? ruled : rule;
    for (const [field, item] of Object.entries(value)) {
      const ofField = shownBy[`${named}.${field}`];
      const next = ofField && ofField !== 'marked' ? ofField : inside;
      if (field === 'minor' && typeof item === 'number') amount(item, inside, path);
      else if (field !== '__typename') walk(item, own, next, `${path}.${field}`);
    }
  };
  walk(answer, undefined, by, '');
  return leaks;
}
