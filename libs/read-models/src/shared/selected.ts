import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/** Whether a query selects a field of what is being resolved, be it under a condition or in a fragment. */
export function isSelected(field: string, { fieldNodes, fragments }: GraphQLResolveInfo): boolean {
  const inSet = (set: SelectionSetNode | undefined): boolean =>
    (set?.selections ?? []).some(selection => {
      if (selection.kind === Kind.FIELD) return selection.name.value === field;
      return inSet(
        (selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection)?.selectionSet,
      );
    });
  return fieldNodes.some(({ selectionSet }) => inSet(selectionSet));
}
