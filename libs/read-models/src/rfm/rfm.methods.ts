import { registerEnumType } from '@nestjs/graphql';

export enum RfmMethod {
  QUINTILE = 'QUINTILE',
  QUARTILE = 'QUARTILE',
  FIXED = 'FIXED',
}
registerEnumType(RfmMethod, {
  name: 'RfmMethod',
  description: 'How customers are scored (评分方法). Equal values always share a score.',
  valuesMap: {
    QUINTILE: { description: 'Cut at the 20/40/60/80 % quantiles (五分位); scores 1–5.' },
    QUARTILE: { description: 'Cut at the 25/50/75 % quantiles (四分位); scores 1–4.' },
    FIXED: { description: 'Cut at one configured threshold each (固定阈值); scores 1 (low) and 2 (high).' },
  },
});

export enum RfmBasis {
  RECEIPTS = 'RECEIPTS',
  CONTRACTS = 'CONTRACTS',
}
registerEnumType(RfmBasis, {
  name: 'RfmBasis',
  description: 'What counts as a transaction of a customer (统计口径).',
  valuesMap: {
    RECEIPTS: { description: 'Payments received (回款), on the day of payment; reversed ones never count.' },
    CONTRACTS: { description: 'Contracts signed (合同), on the day of signing; terminated ones never count.' },
  },
});

/** Where high begins with `FIXED`. */
export interface Thresholds {
  /** At most so many days since the last transaction. */
  readonly recencyDays: number;
  /** At least so many transactions. */
  readonly frequency: number;
  /** At least so much, in major units of the currency (元 for CNY). */
  readonly monetaryMajor: number;
}

export const defaultThresholds: Thresholds = { recencyDays: 10, frequency: 3, monetaryMajor: 200 };
