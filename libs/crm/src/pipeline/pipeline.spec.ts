import { describe, expect, it } from '@jest/globals';
import { given } from '#event-sourcing/given.js';
import { defaultPipeline } from './default-pipeline.js';
import { pipeline } from './pipeline.decider.js';

const stages = [
  { stage: 'Contact', name: '前期接洽' },
  { stage: 'Bid', name: '投标', probability: 60 },
];
const defined = { type: 'PipelineDefined', data: { pipelineId: 'bids', name: '投标流程', stages } } as const;
const longer = [...stages, { stage: 'Award', name: '中标公示' }];
const revised = { type: 'PipelineRevised', data: { pipelineId: 'bids', version: 2, stages: longer } } as const;

describe('a pipeline', () => {
  it('is defined with stages in order, once', () => {
    given(pipeline).when('DefinePipeline', defined.data, { id: 'bids' }).then(defined);
    given(pipeline, defined).when('DefinePipeline', defined.data, { id: 'bids' }).then();
    given(pipeline, defined)
      .when('DefinePipeline', { ...defined.data, stages: longer }, { id: 'bids' })
      .thenRefused('ALREADY_EXISTS');
  });

  it('is the same definition when stated again after a revision', () => {
    given(pipeline, defined, revised).when('DefinePipeline', defined.data, { id: 'bids' }).then();
  });

  it('gets a new version with other stages', () => {
    given(pipeline, defined).when('RevisePipeline', { pipelineId: 'bids', stages: longer }).then(revised);
    given(pipeline, defined, revised)
      .when('RevisePipeline', { pipelineId: 'bids', stages })
      .then({ type: 'PipelineRevised', data: { pipelineId: 'bids', version: 3, stages } });
  });

  it('stays at its version when nothing changes', () => {
    given(pipeline, defined).when('RevisePipeline', { pipelineId: 'bids', stages }).then();
    given(pipeline, defined, revised).when('RevisePipeline', { pipelineId: 'bids', stages: longer }).then();
  });

  it('needs a stage', () => {
    given(pipeline).when('DefinePipeline', { name: '空', stages: [] }).thenRefused('NO_STAGES');
    given(pipeline, defined).when('RevisePipeline', { pipelineId: 'bids', stages: [] }).thenRefused('NO_STAGES');
  });

  it.each(['won', 'lost', 'paid', 'Won'])('has no open stage called %s', word => {
    given(pipeline)
      .when('DefinePipeline', { name: '流程', stages: [{ stage: word, name: '签约' }] })
      .thenRefused('STAGE_RESERVED');
    given(pipeline)
      .when('DefinePipeline', { name: '流程', stages: [{ stage: 'Signed', name: word }] })
      .thenRefused('STAGE_RESERVED');
  });

  it('has a code and a name of its own for each stage, so that either tells which one is meant', () => {
    const define = (...stages: { stage: string; name: string }[]) =>
      given(pipeline).when('DefinePipeline', { name: '流程', stages });
    define({ stage: 'Bid', name: '投标' }, { stage: 'Bid', name: '报价' }).thenRefused('STAGE_TWICE');
    define({ stage: 'Bid', name: '投标' }, { stage: 'Offer', name: '投标' }).thenRefused('STAGE_TWICE');
    define({ stage: 'Bid', name: '投标' }, { stage: '投标', name: '报价' }).thenRefused('STAGE_TWICE');
  });

  it('may call a stage by its code', () => {
    const plain = { pipelineId: 'bids', name: '流程', stages: [{ stage: '投标', name: '投标' }] };
    given(pipeline).when('DefinePipeline', plain, { id: 'bids' }).then({ type: 'PipelineDefined', data: plain });
  });

  it('comes with a default that anyone could have defined', () => {
    given(pipeline)
      .when('DefinePipeline', defaultPipeline, { id: 'default' })
      .then({ type: 'PipelineDefined', data: defaultPipeline });
    expect(defaultPipeline.stages.map(({ stage }) => stage)).toEqual(['NeedsConfirmed', 'Proposal', 'Negotiation']);
  });

  it('is known to others by its newest version', () => {
    expect(pipeline.facts?.({ defined: defined.data, version: 2, stages: longer })).toEqual({
      id: 'bids',
      version: 2,
      stages: longer,
    });
  });
});
