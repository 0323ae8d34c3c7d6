import type { Context } from '@opentelemetry/api';
import {
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  type SamplingResult,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';

/**
 * A caller's decision holds for all that it causes. Of what begins here, a share is recorded; but a page of a projection that holds
 * events of recorded traces always, or these would end at the log.
 */
export function sampler(ratio: number): Sampler {
  const [always, share] = [new AlwaysOnSampler(), new TraceIdRatioBasedSampler(ratio)];
  const root: Sampler = {
    shouldSample: (...asked: Parameters<Sampler['shouldSample']>): SamplingResult =>
      asked[5].length > 0 ? always.shouldSample() : share.shouldSample(asked[0] as Context, asked[1]),
    toString: () => `linked, or ${share}`,
  };
  return new ParentBasedSampler({ root });
}
