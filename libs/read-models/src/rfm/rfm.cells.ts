/** One of the eight ways of being high or low in R, F and M. */
export interface Cell {
  /** R, F and M in this order, 1 for high and 0 for low. */
  readonly cell: string;
  readonly name: string;
  /** Another name that is customary for it. */
  readonly alias?: string;
}

/** In the order of the customers' worth. High R: the last transaction was recent. */
export const cells: readonly Cell[] = [
  { cell: '111', name: '重要价值客户' },
  { cell: '101', name: '重要发展客户' },
  { cell: '011', name: '重要保持客户' },
  { cell: '001', name: '重要挽留客户' },
  { cell: '110', name: '一般价值客户' },
  { cell: '100', name: '一般发展客户' },
  { cell: '010', name: '一般保持客户', alias: '潜力培育客户' },
  { cell: '000', name: '一般挽留客户' },
];

/** By R, F and M as bits, so that a million customers are placed without a million texts. */
const places = Uint8Array.from({ length: 8 }, (_, bits) =>
  cells.findIndex(({ cell }) => Number.parseInt(cell, 2) === bits),
);

/** The place in `cells` of a customer who is high in these dimensions. */
export function cellIndexOf(recency: boolean, frequency: boolean, monetary: boolean): number {
  return places[(recency ? 4 : 0) + (frequency ? 2 : 0) + (monetary ? 1 : 0)]!;
}
