import type { View } from '../access/view.js';
import { directory } from '../directory/directory.projection.js';
import { cells } from './rfm.cells.js';
import type { RfmMethod } from './rfm.methods.js';
import { rankingOf } from './rfm.page.js';
import { type RfmTables, rfm } from './rfm.projection.js';
import { customersOf, type RfmQuestion } from './rfm.query.js';
import { type RfmConfiguration, rfmDefaults, type Scored, scored } from './rfm.scoring.js';
import { summaries } from './rfm.summary.js';

/** An answer, complete but for the names of the customers. */
export interface Report {
  readonly customers: Scored;
  /** Places of the customers in the order of the list; made when somebody looks at the list. */
  readonly ranking: () => Uint32Array;
  readonly cells: ReturnType<typeof cellsOf>;
  readonly segments: ReturnType<typeof segmentsOf>;
}

const cellsOf = (customers: Scored) => summaries(cells, customers.cell, customers);
const segmentsOf = (customers: Scored, { segments }: RfmConfiguration) =>
  summaries(segments, customers.segment, customers);

/** So many answers are kept, for the next page of the same list. */
const KEPT = 8;

/**
 * Answers RFM questions, and the same question at the same state of the log only once: a list is read page by page, and each
 * page depends on the scores of all customers.
 */
export class Reports {
  private readonly recent = new Map<string, Promise<Report>>();

  constructor(readonly configuration: RfmConfiguration = rfmDefaults) {}

  /** @throws Refusal BAD_USER_INPUT when amounts of several currencies would have to be mixed. */
  async answer(view: View<RfmTables>, question: RfmQuestion, method: RfmMethod): Promise<Report> {
    const { asOf, basis, currency, knownOn, withIds = true } = question;
    // What one viewer was answered is for those alone who see the same.
    const seen = view.sightOf('rfm.transactions');
    const asked = [await view.versionOf([rfm, directory]), seen, asOf, basis, currency, knownOn, method];
    const complete = JSON.stringify([...asked, true]);
    // An answer with the ids says everything that one without them does.
    const key = withIds || this.recent.has(complete) ? complete : JSON.stringify([...asked, false]);
    const answer = this.recent.get(key) ?? this.compute(view, question, method);
    // Behind the others: the first one is what nobody has asked for longest.
    this.recent.delete(key);
    this.recent.set(key, answer);
    answer.catch(() => this.recent.delete(key));
    if (this.recent.size > KEPT) this.recent.delete(this.recent.keys().next().value!);
    return answer;
  }

  private async compute(view: View<RfmTables>, question: RfmQuestion, method: RfmMethod): Promise<Report> {
    const customers = scored(await customersOf(view, question), method, this.configuration);
    let ranking: Uint32Array | undefined;
    return {
      customers,
      ranking: () => {
        ranking ??= rankingOf(customers);
        return ranking;
      },
      cells: cellsOf(customers),
      segments: segmentsOf(customers, this.configuration),
    };
  }
}
