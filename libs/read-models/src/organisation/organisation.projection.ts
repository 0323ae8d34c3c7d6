import type { CrmEvents } from '#crm/events.js';
import type { Stage } from '#crm/pipeline/pipeline.events.js';
import type { Day } from '#event-sourcing/event.js';
import { integer, json, projection, text } from '#event-sourcing/projection.js';
import type { TablesOf } from '#projections/tables.js';

/** What became different for an employee, from which day on, and since when we know. What a move does not name stays as it was. */
export interface Move {
  readonly teamId?: string;
  readonly region?: string;
  /** `null`: the first assignment, which also stands for all the time before. */
  readonly effectiveOn: Day | null;
  readonly knownOn: Day;
}

/**
 * Who was where from which day on, in which stages is sold, and the names that reports show. Figures hold only ids and facts: joined with this at query
 * time they follow the organisation of that time, and a late correction of it corrects them.
 */
export const organisation = projection<CrmEvents>()('organisation', { version: 1 });

export const employees = organisation.rows('employees', {
  key: 'employeeId',
  columns: { name: text, moves: json<readonly Move[]>() },
  on: {
    EmployeeHired: (_, { data: { name, teamId, region }, knownOn }) => ({
      name,
      moves: [{ teamId, region, effectiveOn: null, knownOn }],
    }),
    EmployeeMoved: (row, { data: { teamId, region, effectiveOn }, knownOn }) =>
      row && { ...row, moves: [...row.moves, { teamId, region, effectiveOn, knownOn }] },
  },
});

export const teams = organisation.rows('teams', {
  key: 'teamId',
  columns: { name: text, region: text.nullable },
  on: {
    TeamFormed: (_, { data: { name, region } }) => ({ name, region: region ?? null }),
    TeamRenamed: (row, { data: { name } }) => row && { ...row, name },
  },
});

export const campaigns = organisation.rows('campaigns', {
  key: 'campaignId',
  columns: { name: text },
  on: { CampaignPlanned: (_, { data: { name } }) => ({ name }) },
});

/** The stages of each pipeline, version by version, and how many opportunities have been opened in it. */
export const pipelines = organisation.rows('pipelines', {
  key: 'pipelineId',
  columns: { name: text, versions: json<readonly (readonly Stage[])[]>(), opportunities: integer },
  on: {
    PipelineDefined: (_, { data: { name, stages } }) => ({ name, versions: [stages], opportunities: 0 }),
    PipelineRevised: (row, { data: { stages } }) => row && { ...row, versions: [...row.versions, stages] },
    OpportunityOpened: row => row && { ...row, opportunities: row.opportunities + 1 },
  },
});

export type OrganisationTables = TablesOf<[typeof employees, typeof teams, typeof campaigns, typeof pipelines]>;
