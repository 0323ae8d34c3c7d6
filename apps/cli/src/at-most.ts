import { InvalidArgumentError } from 'commander';

/** Reads an option that is a whole number from 1 to `most`; anything else is refused with the usage. */
export const atMost = (most: number) => (text: string) => {
  const number = Number(text);
  if (/^\d{1,9}$/.test(text) && number >= 1 && number <= most) return number;
  throw new InvalidArgumentError(`A whole number from 1 to ${most}.`);
};
