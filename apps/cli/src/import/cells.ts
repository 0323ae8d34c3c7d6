import { startOfDay } from '#event-sourcing/business-time.js';
import type { Day, Instant } from '#event-sourcing/event.js';
import { isDay } from '#platform/graphql/scalars.js';

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

  /** When the business day in the cell begins. */
  startOf(column: string): Instant | undefined {
    const day = this.day(column);
    return day && startOfDay(day, this.timeZone);
  }

  number(column: string): number | undefined {
    const value = this.values[column]?.replace(/\s*%$/, '');
    if (value === undefined) return undefined;
    if (!DECIMAL.test(value)) throw new RejectedRow(column, `${value} is no number.`);
    return Number(value);
  }

  currency(): string {
    const value = this.values.currency ?? 'CNY';
    if (!/^[A-Z]{3}$/.test(value))
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
      const [dueOn, amount] = part.split(':').map(piece => piece.trim());
      if (!isDay(dueOn) || !amount)
        throw new RejectedRow(column, `${part} is no instalment. Allowed: YYYY-MM-DD:amount, several apart by ;`);
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
