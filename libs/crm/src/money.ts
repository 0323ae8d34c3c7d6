/** An amount in the smallest unit of its currency (分 for CNY), with the ISO 4217 code. */
export type Money = { readonly minor: number; readonly currency: string };

/** Whether both are the same amount in the same currency. */
export function sameMoney(one: Money | undefined, other: Money | undefined): boolean {
  return one?.minor === other?.minor && one?.currency === other?.currency;
}

/** For sentences that people read: `CNY 1,234.50`. */
export function moneyText({ minor, currency }: Money): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  // The code is followed by a no-break space, which a search in a log would not find.
  return format.format(minor / 10 ** digits).replace('\u00a0', ' ');
}
