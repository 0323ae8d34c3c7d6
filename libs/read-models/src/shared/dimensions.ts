import { registerEnumType } from '@nestjs/graphql';

const periods = {
  MONTH: 'By month (按月), `2026-03`.',
  QUARTER: 'By quarter (按季度), `2026-Q1`.',
  YEAR: 'By year (按年), `2026`.',
};

/** What figures can be broken down by, with what GraphQL says about it. Each report offers some of them. */
const descriptions = {
  COHORT_MONTH: `${periods.MONTH} The month in which the cohort began.`,
  COHORT_QUARTER: `${periods.QUARTER} The quarter in which the cohort began.`,
  COHORT_YEAR: `${periods.YEAR} The year in which the cohort began.`,
  PIPELINE: 'By pipeline (销售流程).',
  SOURCE: 'By source (来源).',
  CAMPAIGN: 'By campaign (市场活动).',
  REGION: 'By the region (区域) in which the owner was on that day.',
  TEAM: 'By the team (团队) in which the owner was on that day.',
  OWNER: 'By owner (负责人) at that time.',
};

export type Dimension = keyof typeof descriptions;

/** Registers the enum of the dimensions that a report offers. */
function dimensionEnum<Name extends Dimension>(name: string, description: string, offered: readonly Name[]) {
  const values = Object.fromEntries(offered.map(value => [value, value])) as { readonly [Value in Name]: Value };
  registerEnumType(values, {
    name,
    description,
    valuesMap: Object.fromEntries(offered.map(value => [value, { description: descriptions[value] as string }])) as {
      [Value in Name]: { description: string };
    },
  });
  return values;
}

const COHORTS = ['COHORT_MONTH', 'COHORT_QUARTER', 'COHORT_YEAR'] as const;
const OWNERSHIP = ['SOURCE', 'CAMPAIGN', 'REGION', 'TEAM', 'OWNER'] as const;

export const FunnelDimension = dimensionEnum(
  'FunnelDimension',
  'What the pipeline funnel is broken down by (分组维度).',
  [...COHORTS, 'PIPELINE', ...OWNERSHIP],
);

export const LeadFunnelDimension = dimensionEnum(
  'LeadFunnelDimension',
  'What the lead funnel is broken down by (分组维度).',
  [...COHORTS, ...OWNERSHIP],
);

export const ClosingDimension = dimensionEnum('ClosingDimension', 'What closings are broken down by (分组维度).', [
  'PIPELINE',
  ...OWNERSHIP,
]);

/** Each dimension once, in the order in which they were asked for. */
export const distinct = (dimensions: readonly Dimension[] | null | undefined): Dimension[] => [...new Set(dimensions)];
