import { cellIndexOf } from './rfm.cells.js';
import { defaultThresholds, RfmMethod, type Thresholds } from './rfm.methods.js';
import { meanOf, quantileCuts, reversed, scoresOf, type Values } from './rfm.scores.js';
import { type Segment, segmentIndexesOf, segments } from './rfm.segments.js';

/** What the customers did, in columns: the entries at one place belong to one customer. */
export interface Customers {
  /** Of all amounts. */
  readonly currency: string;
  /** Empty where nobody looks at the single customers. */
  readonly ids: readonly string[];
  /** Whole days from the last transaction to the day of the report. */
  readonly recencyDays: Values;
  readonly frequency: Values;
  /** Minor units. */
  readonly monetary: Values;
}

/** Where the scores change; ascending, `r` in days. */
export interface Cuts {
  readonly r: readonly number[];
  readonly f: readonly number[];
  readonly m: readonly number[];
}

interface Means {
  readonly recencyDays: number | null;
  readonly frequency: number | null;
  readonly monetary: number | null;
}

/** The customers with their scores, cells and segments, in the same places. */
export interface Scored extends Customers {
  readonly cuts: Cuts;
  readonly means: Means;
  readonly r: Uint8Array;
  readonly f: Uint8Array;
  readonly m: Uint8Array;
  /** Places in `cells`. */
  readonly cell: Uint8Array;
  /** Places in the table of segments. */
  readonly segment: Uint8Array;
}

export interface RfmConfiguration {
  readonly thresholds: Thresholds;
  readonly segments: readonly Segment[];
}
export const rfmDefaults: RfmConfiguration = { thresholds: defaultThresholds, segments };

interface Scores extends Pick<Scored, 'r' | 'f' | 'm' | 'cuts'> {
  /** The place in `cells` of the customer at a place. */
  readonly cellAt: (place: number) => number;
  /** The score by which the table of segments, made for 1–5, is read. */
  readonly inSegments: (score: number) => number;
}

/** Scores, cells and segments of customers. Pure: the same customers always get the same ones, in whatever order they come. */
export function scored(
  customers: Customers,
  method: RfmMethod,
  { thresholds, segments }: RfmConfiguration = rfmDefaults,
): Scored {
  const means = {
    recencyDays: meanOf(customers.recencyDays),
    frequency: meanOf(customers.frequency),
    monetary: meanOf(customers.monetary),
  };
  const scores =
    method === RfmMethod.FIXED
      ? byThresholds(customers, thresholds)
      : byQuantiles(customers, means, method === RfmMethod.QUINTILE ? 5 : 4);
  const { r, f, m, cuts, cellAt, inSegments } = scores;
  return {
    ...customers,
    cuts,
    means,
    r,
    f,
    m,
    cell: r.map((_, place) => cellAt(place)),
    segment: segmentIndexesOf(r.map(inSegments), f.map(inSegments), m.map(inSegments), segments),
  };
}

function byQuantiles({ recencyDays, frequency, monetary }: Customers, means: Means, classes: number): Scores {
  const cuts = {
    r: quantileCuts(recencyDays, classes),
    f: quantileCuts(frequency, classes),
    m: quantileCuts(monetary, classes),
  };
  return {
    cuts,
    r: reversed(scoresOf(recencyDays, cuts.r), classes),
    f: scoresOf(frequency, cuts.f),
    m: scoresOf(monetary, cuts.m),
    cellAt: place =>
      cellIndexOf(
        recencyDays[place]! < means.recencyDays!,
        frequency[place]! > means.frequency!,
        monetary[place]! > means.monetary!,
      ),
    inSegments: score => score,
  };
}

/** Thresholds belong to the better side, unlike cuts: "10 days at most", "3 at least". */
function byThresholds({ currency, recencyDays, frequency, monetary }: Customers, thresholds: Thresholds): Scores {
  const minor = thresholds.monetaryMajor * 10 ** minorDigits(currency);
  const scores = (values: Values, high: (value: number) => boolean) => Uint8Array.from(values, v => (high(v) ? 2 : 1));
  const r = scores(recencyDays, days => days <= thresholds.recencyDays);
  const f = scores(frequency, count => count >= thresholds.frequency);
  const m = scores(monetary, amount => amount >= minor);
  return {
    cuts: { r: [thresholds.recencyDays], f: [thresholds.frequency], m: [minor] },
    r,
    f,
    m,
    cellAt: place => cellIndexOf(r[place] === 2, f[place] === 2, m[place] === 2),
    // Of two classes the upper one is the best there is, not the second worst.
    inSegments: score => (score === 2 ? 5 : 1),
  };
}

/** How many digits the minor unit has: 2 for CNY, 0 for JPY. */
function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
