import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import fc from 'fast-check';
import { aggregates } from '#crm/aggregates.js';
import { accepts } from '#platform/graphql/accepts.js';

const commands = aggregates.flatMap(({ commands }) => Object.values(commands) as (new () => object)[]);

/** What class-validator itself says, asked as `validated` asks it. */
const isValid = (instance: object) =>
  validateSync(instance, { forbidUnknownValues: true, whitelist: true, forbidNonWhitelisted: true }).length === 0;

const decoratorsOf = (type: new () => object) =>
  getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);

const money = [
  { minor: 5, currency: 'CNY' },
  { minor: -1, currency: 'CNY' },
  { minor: 5, currency: 'XX?' },
];
const listed = [{ dueOn: '2026-03-01', minor: 700 }, { dueOn: '2026-02-30', minor: 0 }, ...money];
const values: unknown[] = [
  ...['e-1', 'Wang Fang', 'info@example.com', '+86 21 5555', '2026-03-01', '2026-03-01T08:00:00.000Z'],
  ...[undefined, null, '', ' ', 'x'.repeat(20_000), 'a\u0000b', 5, 50, 12.25, 0.001, -1, Number.NaN, true, false],
  ...[{}, [], [null], ...money, ...listed.map(each => [each]), listed],
];

/** Everything that might be tried in a field, and what class-validator likes in it. */
function triesOf(type: new () => object, property: string) {
  const choices = decoratorsOf(type)
    .filter(({ propertyName, name }) => propertyName === property && name === 'isIn')
    .flatMap(({ constraints }) => constraints[0] as unknown[]);
  const tried = [...values, ...choices];
  const liked = tried.filter(value => {
    const errors = validateSync(plainToInstance(type, { [property]: value }, { exposeUnsetFields: false }));
    return errors.every(error => error.property !== property);
  });
  return { tried, liked };
}

function inputsOf(type: new () => object) {
  const names = [...new Set(decoratorsOf(type).map(({ propertyName }) => propertyName))];
  const fields = names.map(name => {
    const { tried, liked } = triesOf(type, name);
    const value = { weight: 1, arbitrary: fc.constantFrom(...tried) };
    return [name, fc.oneof(value, ...(liked.length ? [{ weight: 20, arbitrary: fc.constantFrom(...liked) }] : []))];
  });
  const unknown = fc.constantFrom<object>({}, {}, {}, {}, {}, { unheardOf: 1 }, { hasOwnProperty: 1 });
  return fc.tuple(fc.record(Object.fromEntries(fields)), unknown).map(([input, more]) => ({ ...input, ...more }));
}

describe('The short way of checking input', () => {
  it('accepts what class-validator accepts, of every command', () => {
    const outcomes = { accepted: 0, refused: 0 };
    for (const type of commands)
      fc.assert(
        fc.property(inputsOf(type), input => {
          const instance = plainToInstance(type, input, { exposeUnsetFields: false });
          const accepted = accepts(instance);
          expect(accepted).toBe(isValid(instance));
          outcomes[accepted ? 'accepted' : 'refused']++;
        }),
        { numRuns: 150 },
      );
    expect(outcomes.accepted).toBeGreaterThan(1_000);
    expect(outcomes.refused).toBeGreaterThan(1_000);
  });
});
