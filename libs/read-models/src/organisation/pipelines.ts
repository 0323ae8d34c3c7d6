import type { Kysely } from 'kysely';
import type { Stage } from '#crm/pipeline/pipeline.events.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { OrganisationTables } from './organisation.projection.js';

/** The stages of a pipeline, version by version; the first is version 1. */
export type Versions = readonly (readonly Stage[])[];

/** A stage, or another step, as it is shown: its code and its name. */
export interface StageName {
  readonly stage: string;
  readonly name: string;
}

/**
 * The pipeline by id or exact name; without either the only one that has opportunities, otherwise `default`.
 * @throws Refusal NOT_FOUND
 */
export async function pipelineOf(
  db: Kysely<OrganisationTables>,
  wanted?: string | null,
): Promise<{ readonly id: string; readonly versions: Versions }> {
  const all = await db.selectFrom('organisation.pipelines').selectAll().orderBy('pipelineId').execute();
  const byId = (id: string) => all.find(({ pipelineId }) => pipelineId === id);
  const used = all.filter(({ opportunities }) => opportunities > 0);
  const meant = used.length === 1 ? used[0] : byId('default');
  const found = wanted == null ? meant : (byId(wanted) ?? all.find(({ name }) => name === wanted));
  if (found) return { id: found.pipelineId, versions: found.versions };
  throw refuse('NOT_FOUND', `There is no pipeline “${wanted ?? 'default'}”.`, {
    field: 'pipeline',
    allowed: all.map(({ name }) => name),
  });
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
