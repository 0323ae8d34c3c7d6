import { sql } from 'kysely';
import type { Stage } from '#crm/pipeline/pipeline.events.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { View } from '../access/view.js';
import type { OrganisationTables } from './organisation.projection.js';

/** The stages of a pipeline, version by version; the first is version 1. */
export type Versions = readonly (readonly Stage[])[];

/** A stage, or another step, as it is shown: its code and its name. */
export interface StageName {
  readonly stage: string;
  readonly name: string;
}

/** Totals that are kept by pipeline. */
type ByPipeline = Parameters<View<OrganisationTables>['totals']>[0];

/**
 * The pipeline by id or exact name; without either the only one that has opportunities as far as the viewer sees, otherwise `default`.
 * @param totals In which the viewer's opportunities count.
 * @throws Refusal NOT_FOUND
 */
export async function pipelineOf(
  view: View<OrganisationTables>,
  totals: ByPipeline,
  wanted?: string | null,
): Promise<{ readonly id: string; readonly versions: Versions }> {
  const all = await view.rows('organisation.pipelines').selectAll().orderBy('pipelineId').execute();
  const id = wanted ?? (await onlyUsed(view, totals, all)) ?? 'default';
  const found = all.find(({ pipelineId }) => pipelineId === id) ?? all.find(({ name }) => name === wanted);
  if (found) return { id: found.pipelineId, versions: found.versions };
  throw refuse('NOT_FOUND', `There is no pipeline “${id}”.`, {
    field: 'pipeline',
    allowed: all.map(({ name }) => name),
  });
}

/** Whoever does not see all opportunities must not learn from the choice in which pipelines the others are. */
async function onlyUsed(
  view: View<OrganisationTables>,
  totals: ByPipeline,
  all: readonly { readonly pipelineId: string; readonly opportunities: number }[],
): Promise<string | undefined> {
  const counted = all.filter(({ opportunities }) => opportunities > 0).map(({ pipelineId }) => pipelineId);
  const used = view.sightOf(totals.path) === 'everything' ? counted : await pipelinesIn(view, totals);
  return used.length === 1 ? used[0] : undefined;
}

async function pipelinesIn(view: View<OrganisationTables>, totals: ByPipeline): Promise<string[]> {
  const lines = await view
    .totals(totals, { dimensions: ['pipelineId'] })
    .select(sql<string>`pipeline_id`.as('id'))
    .distinct()
    .execute();
  return lines.map(({ id }) => id);
}

/** The stages of the latest version; those that only an older one had, where it had them, if there are figures for them. */
export function stagesOf(versions: Versions, withFigures: ReadonlySet<string>): StageName[] {
  const [latest = [], ...older] = [...versions].reverse();
  const stages: StageName[] = latest.map(({ stage, name }) => ({ stage, name }));
  const placeOf = (code: string) => stages.findIndex(({ stage }) => stage === code);
  for (const version of older)
    for (const [index, { stage, name }] of version.entries()) {
      if (!withFigures.has(stage) || placeOf(stage) >= 0) continue;
      // Behind the nearest one before it that is shown; in front if there is none.
      const before = version.slice(0, index).map(({ stage }) => placeOf(stage));
      stages.splice(Math.max(-1, ...before) + 1, 0, { stage, name });
    }
  return stages;
}
