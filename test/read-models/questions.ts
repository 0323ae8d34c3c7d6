import fc from 'fast-check';
import type { Kysely } from 'kysely';
import type { Day } from '#event-sourcing/event.js';
import type { Projection } from '#event-sourcing/projection.js';
import { withReadModels } from '#test/support/read-models.js';
import { type Happened, histories } from './sales-histories.js';

/** Any day from before the first event until after most of them. */
export const day: fc.Arbitrary<Day> = fc
  .integer({ min: 0, max: 250 })
  .map(days => new Date(Date.UTC(2025, 10, 1 + days)).toISOString().slice(0, 10));

export const range = fc.tuple(day, day).map(days => {
  const [from, to] = days.sort() as [Day, Day];
  return { from, to };
});

/** Some dimensions, often those that depend on the organisation. */
export const some = <Value extends string>(values: readonly Value[]): fc.Arbitrary<Value[]> => {
  const places = values.filter(value => value === 'TEAM' || value === 'REGION');
  return fc.uniqueArray(fc.constantFrom(...values, ...places, ...places), { maxLength: 3 });
};

const QUESTIONS = 50;
const HISTORIES = 5;

/** Projects random histories and lets `compare` judge the answers to many random questions about each of them. */
export async function everyAnswer<Tables, Question>(
  projections: readonly Projection[],
  question: fc.Arbitrary<Question>,
  compare: (db: Kysely<Tables>, events: readonly Happened[], question: Question) => Promise<void>,
): Promise<void> {
  const questions = fc.array(question, { minLength: QUESTIONS, maxLength: QUESTIONS });
  const property = fc.asyncProperty(histories, questions, (events, questions) =>
    withReadModels<Tables>(projections, events, async db => {
      for (const question of questions) await compare(db, events, question);
    }),
  );
  const { failed, errorInstance, seed, counterexamplePath } = await fc.check(property, {
    numRuns: HISTORIES,
    endOnFailure: true,
  });
  if (!failed) return;
  // The whole history would bury what differs.
  console.error(`Seed ${seed}, path ${counterexamplePath}`);
  throw errorInstance;
}
