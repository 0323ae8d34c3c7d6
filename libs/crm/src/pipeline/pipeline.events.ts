/** An open stage; `won` and `lost` follow the last one in every pipeline. */
export type Stage = {
  /** The code that events and reports use, `Proposal`. */
  readonly stage: string;
  /** What people read, 方案报价. */
  readonly name: string;
  /** Chance of winning from here, in per cent. */
  readonly probability?: number;
};

/** Stored for ever: never rename or retype; add an event, or add an upcaster. */
export type PipelineEvents = {
  PipelineDefined: { pipelineId: string; name: string; stages: readonly Stage[]; externalId?: string };
  /** `version` counts from 1, the definition. */
  PipelineRevised: { pipelineId: string; version: number; stages: readonly Stage[] };
};
