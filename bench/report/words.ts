import type { Finding, Latency } from '../finding.js';
import type { Comparison, Summary, Verdict } from './verdict.js';

const UNITS: Readonly<Record<Finding['unit'], string>> = {
  'per second': '/s',
  ms: ' ms',
  s: ' s',
  MiB: ' MiB',
  times: ' ×',
};

/** Three digits that count: `12,345`, `12.3`, `0.123`. */
export function figure(value: number): string {
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumSignificantDigits: 20 });
}

const inUnits = ({ unit }: Finding, value: number) => `${figure(value)}${UNITS[unit]}`;

/** `12,345/s (11,900 – 12,800)` */
export function summaryOf(finding: Finding, { median, least, most }: Summary): string {
  const spread = least === most ? '' : ` (${figure(least)} – ${figure(most)})`;
  return inUnits(finding, median) + spread;
}

export const latencyOf = (latency: Latency | undefined) =>
  latency ? `, p50 ${figure(latency.p50)} ms, p99 ${figure(latency.p99)} ms` : '';

/** `2.54 × (2.4 – 2.7)` */
export const timesOf = ({ times: { median, least, most } }: Comparison) =>
  `${figure(median)} ×${least === most ? '' : ` (${figure(least)} – ${figure(most)})`}`;

export const goalOf = ({ baseline: { timesAtLeast } }: Comparison) =>
  timesAtLeast === undefined ? '' : `≥ ${figure(timesAtLeast)} ×`;

export function ownGoalOf({ finding }: Verdict): string {
  if (finding.goal === undefined) return '';
  return `${finding.unit === 'per second' ? '≥' : '≤'} ${inUnits(finding, finding.goal)}`;
}

export const reachedOf = (reached: boolean | undefined) =>
  reached === undefined ? '' : reached ? 'reached' : '**not reached**';
