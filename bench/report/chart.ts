import type { Results } from './results.js';
import { verdictOn } from './verdict.js';
import { figure } from './words.js';

/** One line of the chart: how many times better, and how many times it has to be. */
interface Bar {
  readonly label: string;
  readonly times: number;
  readonly goal?: number;
}

const [WIDTH, LEFT, RIGHT, TOP, LINE] = [900, 400, 90, 44, 24];
/** Not as CSS variables: not everything that shows SVG knows them. */
const LIGHT = { text: '#1f2328', faint: '#d1d9e0', good: '#2f6f4f', bad: '#b35900', open: '#57606a', paper: '#ffffff' };
const DARK = { text: '#e6edf3', faint: '#3d444d', good: '#5fb98a', bad: '#f0a050', open: '#9198a1', paper: '#0d1117' };
const FONT = 'font-family="system-ui, sans-serif" font-size="12"';

/** Ratios on a logarithmic scale, with a mark at each goal. Colours follow the reader's light or dark theme; a missed goal also has a sign. */
export function benchmarkChart(results: Results): string {
  const bars = barsOf(results);
  const height = TOP + bars.length * LINE + 34;
  const scale = logarithmic(bars);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" ${FONT}>
<title>How many times better than the baselines and goals</title>
<style>
${styles(LIGHT)}
@media (prefers-color-scheme: dark) {
${styles(DARK)}
}
</style>
<rect class="paper" width="${WIDTH}" height="${height}"/>
<text x="12" y="20" font-weight="600">Times better than the baseline, or than the goal where there is none; | is the goal</text>
${axis(scale, bars.length)}
${bars.map((bar, at) => drawn(bar, TOP + at * LINE, scale)).join('\n')}
</svg>
`;
}

function styles({ text, faint, ...fills }: typeof LIGHT): string {
  const filled = Object.entries(fills).map(([name, colour]) => `.${name} { fill: ${colour} }`);
  const strokes = `.faint { stroke: ${faint} } .goal { stroke: ${text}; stroke-width: 2 }`;
  return `text { fill: ${text} } ${strokes} ${filled.join(' ')}`;
}

function barsOf(results: Results): Bar[] {
  const findings = Object.values(results).flatMap(found => ('findings' in found ? found.findings : []));
  return findings.map(verdictOn).flatMap(({ finding, ours, comparisons }) => {
    const { what, goal, unit } = finding;
    const times = goal && (unit === 'per second' ? ours.median / goal : goal / ours.median);
    return [
      ...(times ? [{ label: `${what}, to its goal`, times, goal: 1 }] : []),
      ...comparisons.map(({ baseline, times }) => ({
        label: `${what}, to ${baseline.name}`,
        times: times.median,
        goal: baseline.timesAtLeast,
      })),
    ];
  });
}

interface Scale {
  readonly ticks: readonly number[];
  x(times: number): number;
}

/** Whole powers of ten around everything that is shown. */
function logarithmic(bars: readonly Bar[]): Scale {
  const shown = [1, ...bars.flatMap(({ times, goal }) => [times, goal ?? 1])];
  const from = Math.floor(Math.log10(Math.min(...shown)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...shown))));
  const ticks = Array.from({ length: to - from + 1 }, (_, at) => 10 ** (from + at));
  return { ticks, x: times => LEFT + ((Math.log10(times) - from) / (to - from)) * (WIDTH - LEFT - RIGHT) };
}

function axis({ ticks, x }: Scale, bars: number): string {
  const bottom = TOP + bars * LINE + 4;
  return ticks
    .map(tick => {
      const at = x(tick).toFixed(1);
      const line = `<line class="faint" x1="${at}" x2="${at}" y1="${TOP - 8}" y2="${bottom}"/>`;
      return `${line}<text x="${at}" y="${bottom + 16}" text-anchor="middle">${figure(tick)} ×</text>`;
    })
    .join('\n');
}

/** From 1 × to the ratio, so that what is worse than the baseline points to the left. */
function drawn({ label, times, goal }: Bar, y: number, { x }: Scale): string {
  const [from, to] = [Math.min(x(1), x(times)), Math.max(x(1), x(times))];
  const missed = goal !== undefined && times < goal;
  const look = goal === undefined ? 'open' : missed ? 'bad' : 'good';
  const mark =
    goal === undefined
      ? ''
      : `<line class="goal" x1="${x(goal).toFixed(1)}" x2="${x(goal).toFixed(1)}" y1="${y}" y2="${y + 16}"/>`;
  const end = Math.max(to, goal === undefined ? 0 : x(goal)) + 6;
  return `<text x="${LEFT - 12}" y="${y + 12}" text-anchor="end">${escaped(label)}</text>
<rect class="${look}" x="${from.toFixed(1)}" y="${y + 2}" width="${Math.max(1, to - from).toFixed(1)}" height="12"/>${mark}
<text x="${end.toFixed(1)}" y="${y + 12}">${figure(times)} ×${missed ? ' ✗' : ''}</text>`;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
