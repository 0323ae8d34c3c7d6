/** From the lowest to the highest score, both included. */
export type Bounds = readonly [lowest: number, highest: number];

/** A named group of customers by their scores. */
export interface Segment {
  readonly segment: string;
  readonly name: string;
  readonly r: Bounds;
  readonly f: Bounds;
  readonly m: Bounds;
}

const any: Bounds = [0, Number.POSITIVE_INFINITY];

/** The first one that matches counts, so the order is part of the definition; the last one takes who is left. */
export const segments: readonly Segment[] = [
  { segment: 'Champions', name: '冠军客户', r: [4, 5], f: [4, 5], m: [4, 5] },
  { segment: 'Loyal Customers', name: '忠诚客户', r: [2, 5], f: [3, 5], m: [3, 5] },
  { segment: 'Potential Loyalist', name: '潜在忠诚客户', r: [3, 5], f: [1, 3], m: [1, 3] },
  { segment: 'New Customers', name: '新客户', r: [4, 5], f: [1, 1], m: [1, 1] },
  { segment: 'Promising', name: '有希望的客户', r: [3, 4], f: [1, 1], m: [1, 1] },
  { segment: 'Need Attention', name: '需要关注的客户', r: [2, 3], f: [2, 3], m: [2, 3] },
  { segment: 'About To Sleep', name: '即将沉睡的客户', r: [2, 3], f: [1, 2], m: [1, 2] },
  { segment: 'At Risk', name: '有流失风险的客户', r: [1, 2], f: [2, 5], m: [2, 5] },
  { segment: "Can't Lose Them", name: '不能失去的客户', r: [1, 1], f: [4, 5], m: [4, 5] },
  { segment: 'Lost', name: '已流失客户', r: [1, 2], f: [1, 2], m: [1, 2] },
  { segment: 'Others', name: '其他客户', r: any, f: any, m: any },
];

const within = (score: number, [lowest, highest]: Bounds) => lowest <= score && score <= highest;

/** The place of the first segment that matches. */
export function segmentIndexOf(r: number, f: number, m: number, table: readonly Segment[] = segments): number {
  return table.findIndex(segment => within(r, segment.r) && within(f, segment.f) && within(m, segment.m));
}

/** The places for many customers at once. There are not many combinations of scores, so each is looked up once. */
export function segmentIndexesOf(
  r: Uint8Array,
  f: Uint8Array,
  m: Uint8Array,
  table: readonly Segment[] = segments,
): Uint8Array {
  // By the three scores, of three bits each; a customer at a time is looked up without making anything.
  const known = new Int16Array(512).fill(-1);
  return r.map((_, customer) => {
    const key = (r[customer]! << 6) | (f[customer]! << 3) | m[customer]!;
    if (known[key] === -1) known[key] = segmentIndexOf(r[customer]!, f[customer]!, m[customer]!, table);
    return known[key]!;
  });
}
