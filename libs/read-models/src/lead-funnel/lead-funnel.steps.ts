import { type ContractsPaid, paidInFull } from '../shared/contracts-paid.js';

/** The steps of the lead funnel with their names. A directly opened opportunity begins with `opened`. */
export const leadSteps = [
  { stage: 'captured', name: '线索' },
  { stage: 'qualified', name: '线索确认' },
  { stage: 'converted', name: '商机' },
  { stage: 'won', name: '成单' },
  { stage: 'paid', name: '回款' },
];
export const directSteps = [
  { stage: 'opened', name: '商机' },
  { stage: 'won', name: '成单' },
  { stage: 'paid', name: '回款' },
];

const codesOf = (steps: readonly { readonly stage: string }[]) => steps.map(({ stage }) => stage);
const leadCodes = codesOf(leadSteps);
const directCodes = codesOf(directSteps);

/** What decides how far a lead, or a directly opened opportunity, has come. */
export interface Prospect {
  readonly direct: boolean;
  readonly qualified: boolean;
  readonly converted: boolean;
  readonly lossReason: string | null;
  readonly won: boolean;
  readonly everWon: boolean;
  readonly amountMinor: number;
  readonly contracts: ContractsPaid;
}

/** What one of them adds to the figures of one step; with a reason: what it adds to the losses there. */
export interface LeadStep {
  readonly stage: string;
  readonly lossReason: string | null;
  readonly reached?: number;
  readonly amountMinor?: number;
  readonly openHere?: number;
  readonly lostHere?: number;
  readonly wonHere?: number;
}

/** One line per step that it reached, all earlier ones implied, and one for its loss: as lead or as opportunity, where it was. */
export function stepsOf(prospect: Prospect): LeadStep[] {
  const { direct, lossReason, won, everWon, amountMinor, contracts } = prospect;
  const codes = direct ? directCodes : leadCodes;
  const lost = lossReason !== null;
  const here = won && !lost ? 'won' : placeOf(prospect);
  // A lost one counts up to where it was lost, whatever it had been before.
  const furthest = lost ? here : paidInFull(contracts) ? 'paid' : everWon ? 'won' : here;
  const steps = codes.slice(0, codes.indexOf(furthest) + 1).map((stage): LeadStep => {
    const still = stage === here && !lost && (won ? { wonHere: 1 } : { openHere: 1 });
    return { stage, lossReason: null, reached: 1, amountMinor, ...still };
  });
  return lost ? [...steps, { stage: here, lossReason, lostHere: 1 }] : steps;
}

/** Where it is, or was when it was lost, unless it is won. */
function placeOf({ direct, qualified, converted }: Prospect): string {
  if (direct) return 'opened';
  if (converted) return 'converted';
  return qualified ? 'qualified' : 'captured';
}
