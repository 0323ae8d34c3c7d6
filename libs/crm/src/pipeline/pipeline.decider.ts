import { isDeepStrictEqual } from 'node:util';
import { type Decider, once } from '#event-sourcing/decider.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { PipelineFacts } from '../facts.js';
import * as commands from './pipeline.commands.js';
import type { PipelineEvents, Stage } from './pipeline.events.js';

interface Pipeline {
  readonly defined?: PipelineEvents['PipelineDefined'];
  readonly version: number;
  readonly stages: readonly Stage[];
}

/** The ends of every pipeline, and `paid`, the last step of the funnel. */
const ENDS = ['won', 'lost', 'paid'];

/**
 * The stages as they are stored. A stage may be given by code or by name, so both together have to be unambiguous.
 * @throws Refusal NO_STAGES, STAGE_RESERVED, STAGE_TWICE
 */
function stagesFrom(input: readonly Stage[]): readonly Stage[] {
  if (input.length === 0)
    throw refuse('NO_STAGES', 'A pipeline needs at least one stage.', { field: 'stages', allowed: '1 to 20 stages' });
  const taken = new Set<string>();
  for (const { stage, name } of input) {
    for (const word of new Set([stage, name])) {
      if (ENDS.includes(word.toLowerCase()))
        throw refuse('STAGE_RESERVED', `“${word}” is an end of every pipeline; call the stage something else.`, {
          field: 'stages',
          allowed: `any code and name but ${ENDS.join(', ')}`,
        });
      if (taken.has(word))
        throw refuse('STAGE_TWICE', `“${word}” stands for two stages.`, {
          field: 'stages',
          allowed: 'a code and a name of its own for each stage',
        });
      taken.add(word);
    }
  }
  return input.map(({ stage, name, probability }) => ({ stage, name, probability }));
}

/** The pipeline (销售流程): what its stages are, version by version. */
export const pipeline: Decider<Pipeline, PipelineEvents, typeof commands> = {
  stream: 'pipeline',
  commands,
  initial: { version: 0, stages: [] },

  decide: {
    DefinePipeline: ({ name, stages, externalId }, state, { id }) => {
      const data = { pipelineId: id, name, stages: stagesFrom(stages), externalId };
      return once(state.defined, { type: 'PipelineDefined', data });
    },
    RevisePipeline: ({ pipelineId, stages: given }, state) => {
      const stages = stagesFrom(given);
      // Through JSON, where a missing probability and an undefined one are the same.
      if (isDeepStrictEqual(JSON.parse(JSON.stringify(stages)), state.stages)) return [];
      return [{ type: 'PipelineRevised', data: { pipelineId, version: state.version + 1, stages } }];
    },
  },

  evolve: {
    PipelineDefined: (_, data) => ({ defined: data, version: 1, stages: data.stages }),
    PipelineRevised: (state, { version, stages }) => ({ ...state, version, stages }),
  },

  facts: ({ defined, version, stages }): PipelineFacts => ({ id: defined?.pipelineId ?? '', version, stages }),
};
