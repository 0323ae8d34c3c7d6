import { startOfDay } from '#event-sourcing/business-time.js';
import type { Day, Instant } from '#event-sourcing/event.js';
import { isCurrency, isDay } from '#platform/graphql/scalars.js';

/** A row that cannot be imported, and the cell that is to blame. */
export class RejectedRow extends Error {
  override readonly name = 'RejectedRow';

  constructor(
    readonly column: string | undefined,
    message: string,
  ) {
    super(message);
  }
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
const digits = new Map<string, number>();

/** How many decimals a currency has: 2 for CNY, 0 for JPY. */
function decimalsOf(currency: string): number {
  let known = digits.get(currency);
  if (known === undefined) {
    known = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    digits.set(currency, known);
  }
  return known;
}

/** Decimal major units as minor units, without a detour over floats. */
export function minorUnits(column: string, amount: string, currency: string): number {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(amount) ?? [];
  if (whole === undefined)
    throw new RejectedRow(column, `${amount} is no amount. Allowed: digits with a decimal point, such as 1234.50.`);
  if (sign) throw new RejectedRow(column, `${amount} is negative. Record what was taken back as a reversal.`);
  const decimals = decimalsOf(currency);
  const exact = fraction.replace(/0+$/, '');
  if (exact.length > decimals)
    throw new RejectedRow(column, `${amount} has more decimals than ${currency} has (${decimals}).`);
  const minor = Number(whole + exact.padEnd(decimals, '0'));
  if (!Number.isSafeInteger(minor)) throw new RejectedRow(column, `${amount} is too large.`);
  return minor;
}

const starts = new Map<string, Instant>();

/** When the business day begins. Kept, because the rows of a file share few days. */
function startOf(day: Day, timeZone: string): Instant {
  const key = `${timeZone} ${day}`;
  const start = starts.get(key) ?? startOfDay(day, timeZone);
  starts.set(key, start);
  return start;
}

/** The cells of a canonical row, converted; each getter rejects the row when its cell is wrong. */
export class Cells {
  constructor(
    private readonly values: Readonly<Record<string, string>>,
    private readonly timeZone: string,
    private readonly resolve: (column: string, value: string) => string,
  ) {}

  text(column: string): string | undefined {
    return this.values[column];
  }

  required(column: string): string {
    const value = this.values[column];
    if (value === undefined) throw new RejectedRow(column, `${column} is missing.`);
    return value;
  }

  /** A code such as an enum's value, whatever its case. */
  code(column: string): string | undefined {
    return this.values[column]?.toUpperCase().replaceAll(/[\s-]+/g, '_');
  }

  requiredCode(column: string): string {
    this.required(column);
    return this.code(column)!;
  }

  day(column: string): Day | undefined {
    const value = this.values[column];
    if (value !== undefined && !isDay(value)) throw new RejectedRow(column, `${value} is no day. Allowed: YYYY-MM-DD.`);
    return value;
  }

  requiredDay(column: string): Day {
    this.required(column);
    return this.day(column)!;
  }

  /** When the business day in the cell begins, or so many milliseconds later: rows of one day stay in order. */
  startOf(column: string, later = 0): Instant | undefined {
    const day = this.day(column);
    const start = day && startOf(day, this.timeZone);
    return start && later > 0 ? new Date(Date.parse(start) + later).toISOString() : start;
  }

  number(column: string): number | undefined {
    const value = this.values[column]?.replace(/\s*%$/, '');
    if (value === undefined) return undefined;
    if (!DECIMAL.test(value)) throw new RejectedRow(column, `${value} is no number.`);
    return Number(value);
  }

  currency(): string {
    const value = this.values.currency ?? 'CNY';
    if (!isCurrency(value))
      throw new RejectedRow('currency', `${value} is no currency. Allowed: an ISO 4217 code such as CNY.`);
    return value;
  }

  money(column: string): { minor: number; currency: string } | undefined {
    const value = this.values[column];
    if (value === undefined) return undefined;
    const currency = this.currency();
    return { minor: minorUnits(column, value, currency), currency };
  }

  requiredMoney(column: string): { minor: number; currency: string } {
    this.required(column);
    return this.money(column)!;
  }

  /** `2026-01-31:1000.00;2026-02-28:500` */
  instalments(column: string): { dueOn: Day; minor: number }[] | undefined {
    return this.values[column]?.split(';').map(part => {
      const [dueOn, amount, ...more] = part.split(':').map(piece => piece.trim());
      if (!isDay(dueOn) || !amount || more.length > 0)
        throw new RejectedRow(column, `“${part}” is no instalment. Allowed: YYYY-MM-DD:amount, several apart by ;`);
      return { dueOn, minor: minorUnits(column, amount, this.currency()) };
    });
  }

  /** The id of the record whose `externalId` or exact name stands in the cell. */
  reference(column: string): string | undefined {
    const value = this.values[column];
    return value === undefined ? undefined : this.resolve(column, value);
  }

  requiredReference(column: string): string {
    return this.resolve(column, this.required(column));
  }
}
