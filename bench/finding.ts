/** p50 and p99 in ms, of all repetitions together. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** What something is measured against, in the same run. */
export interface Baseline {
  readonly name: string;
  /** How it was set up, so that a reader can judge whether that is fair. */
  readonly configured: string;
  /** A value per repetition, in the unit of the finding. */
  readonly values: readonly number[];
  readonly latency?: Latency;
  /** How many times better than it we have to be at least: more of a rate, less of a time or a size. */
  readonly timesAtLeast?: number;
}

/** One line of the report: what was measured, how often, against what, and what it has to reach. */
export interface Finding {
  /** `append, 128 callers`. */
  readonly what: string;
  /** How we were set up and what has to be known to judge the figure, where the name does not say it. */
  readonly configured?: string;
  /** Of rates more is better, of times and sizes less. */
  readonly unit: 'per second' | 'ms' | 's' | 'MiB' | 'times';
  /** A value per repetition; the report shows the median and the spread. */
  readonly values: readonly number[];
  /** Of latencies, where they are worth knowing beside a rate. */
  readonly latency?: Latency;
  readonly baselines: readonly Baseline[];
  /** What the median has to reach by itself: at least that of a rate, at most that of a time or a size. */
  readonly goal?: number;
}

/** Why a benchmark could not be run here. */
export interface Skipped {
  readonly skipped: string;
}
