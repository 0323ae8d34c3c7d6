import { type Amounts, amountsOf } from '../shared/amounts.js';
import { groupBy } from './group-by.js';

/** What is counted. */
export type Figure =
  | 'receipts'
  | 'contractsSigned'
  | 'newCustomers'
  | 'interactions'
  | 'tasksTaken'
  | 'tasksCompleted'
  | 'newLeads'
  | 'newOpportunities';

/** A sum of facts that agree in everything. */
export interface Line {
  readonly figure: Figure;
  /** Of interactions. */
  readonly kind: string | null;
  readonly currency: string | null;
  readonly count: number;
  readonly minor: number;
}

/** What lines add up to. */
export interface Figures {
  readonly receipts: Amounts & { readonly count: number };
  readonly contractsSigned: Amounts & { readonly count: number };
  readonly newCustomers: { readonly count: number };
  /** Those kinds that occur, in alphabetical order. */
  readonly interactions: readonly { readonly kind: string; readonly count: number }[];
  readonly tasksTaken: number;
  readonly tasksCompleted: number;
  readonly newLeads: number;
  readonly newOpportunities: number;
}

/** The figures of a person, a day, a team or all of them: always the sum of their lines, so parts add up to the whole. */
export function figuresOf(lines: readonly Line[]): Figures {
  const byFigure = groupBy(lines, ({ figure }) => figure);
  const of = (figure: Figure) => byFigure.get(figure) ?? [];
  const count = (figure: Figure) => countOf(of(figure));
  return {
    receipts: { count: count('receipts'), ...amountsOf(of('receipts')) },
    contractsSigned: { count: count('contractsSigned'), ...amountsOf(of('contractsSigned')) },
    newCustomers: { count: count('newCustomers') },
    interactions: byKind(of('interactions')),
    tasksTaken: count('tasksTaken'),
    tasksCompleted: count('tasksCompleted'),
    newLeads: count('newLeads'),
    newOpportunities: count('newOpportunities'),
  };
}

const countOf = (lines: readonly Line[]): number => lines.reduce((sum, line) => sum + line.count, 0);

function byKind(lines: readonly Line[]): { kind: string; count: number }[] {
  const kinds = [...new Set(lines.map(({ kind }) => kind!))].sort();
  return kinds.map(kind => ({ kind, count: countOf(lines.filter(line => line.kind === kind)) }));
}
