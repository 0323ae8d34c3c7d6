import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { View } from '../access/view.js';
import type { OrganisationTables } from '../organisation/organisation.projection.js';
import { namesOf } from '../organisation/organisation.query.js';
import type { Dimension } from './dimensions.js';

@ObjectType({ description: 'What a group has in common in one dimension (分组值).' })
export class GroupValue {
  @Field(() => String, { description: 'The dimension (维度), as it was asked for.' })
  dimension: Dimension;

  @Field(() => ID, {
    nullable: true,
    description: 'The id of the owner, team, campaign or pipeline; otherwise the value itself. `null`: there is none.',
  })
  id: string | null;

  @Field(() => String, { description: 'What people call it (名称); `(none)` where there is none.' })
  label: string;
}

/** Lines that agree in all dimensions. */
export interface Group<Line> {
  readonly key: string;
  readonly dimensions: GroupValue[];
  readonly lines: readonly Line[];
}

const NONE = '(none)';
const NAMED = { OWNER: 'employee', TEAM: 'team', CAMPAIGN: 'campaign', PIPELINE: 'pipeline' } as const;

/** Puts lines with the same values together, names them and puts them in order. Namesakes stay apart. */
export async function groupsOf<Line extends { readonly values: readonly (string | null)[] }>(
  view: View<OrganisationTables>,
  dimensions: readonly Dimension[],
  lines: readonly Line[],
): Promise<Group<Line>[]> {
  if (dimensions.length === 0) return [];
  const byValues = new Map<string, Line[]>();
  for (const line of lines) {
    const key = JSON.stringify(line.values);
    const group = byValues.get(key);
    if (group) group.push(line);
    else byValues.set(key, [line]);
  }
  const labels = await Promise.all(dimensions.map((dimension, index) => labelsOf(view, dimension, index, lines)));
  const groups = [...byValues.values()].map(group => {
    const values = dimensions.map((dimension, index): GroupValue => {
      const id = group[0]!.values[index] ?? null;
      return { dimension, id, label: id === null ? NONE : (labels[index]!.get(id) ?? id) };
    });
    return { key: values.map(({ label }) => label).join(' / '), dimensions: values, lines: group };
  });
  return groups.sort((a, b) => inOrder(a.dimensions, b.dimensions));
}

async function labelsOf(
  view: View<OrganisationTables>,
  dimension: Dimension,
  index: number,
  lines: readonly { readonly values: readonly (string | null)[] }[],
): Promise<ReadonlyMap<string, string>> {
  if (!(dimension in NAMED)) return new Map();
  const ids = new Set(lines.map(({ values }) => values[index] ?? null));
  return namesOf(
    view,
    NAMED[dimension as keyof typeof NAMED],
    [...ids].filter(id => id !== null),
  );
}

/** By label, then by id; those without a value last. */
function inOrder(a: readonly GroupValue[], b: readonly GroupValue[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index]!;
    if (one.id === other.id) continue;
    if (one.id === null) return 1;
    if (other.id === null) return -1;
    if (one.label !== other.label) return one.label < other.label ? -1 : 1;
    return one.id < other.id ? -1 : 1;
  }
  return 0;
}
