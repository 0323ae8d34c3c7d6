import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { personalFields, personalOperations } from '#read-models/access-log/personal-fields.js';

type Document = Pick<GraphQLResolveInfo, 'fragments' | 'schema'>;

/** Apollo keeps the documents that come again and again, so that each of them is looked through once. */
const known = new WeakMap<FieldNode, readonly string[]>();

/** The personal fields (`Contact.email`) that a root field selects, also where a directive may leave them out; itself, if it is personal as such. */
export function personalSelection({
  fieldNodes,
  parentType,
  fieldName,
  ...document
}: GraphQLResolveInfo): readonly string[] {
  return [...new Set(fieldNodes.flatMap(node => selectionOf(node, parentType, fieldName, document)))];
}

function selectionOf(
  node: FieldNode,
  root: GraphQLObjectType,
  fieldName: string,
  document: Document,
): readonly string[] {
  const found = known.get(node);
  if (found) return found;
  const selected = new Set(personalOperations.includes(fieldName) ? [`${root.name}.${fieldName}`] : []);
  collect(typeOf(root, fieldName), node.selectionSet, document, selected);
  known.set(node, [...selected]);
  return known.get(node)!;
}

function collect(
  type: GraphQLObjectType | undefined,
  selection: SelectionSetNode | undefined,
  document: Document,
  found: Set<string>,
): void {
  if (!type || !selection) return;
  for (const node of selection.selections) {
    if (node.kind === Kind.FIELD) {
      const name = node.name.value;
      if (personalFields[type.name]?.includes(name)) found.add(`${type.name}.${name}`);
      collect(typeOf(type, name), node.selectionSet, document, found);
      continue;
    }
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? document.fragments[node.name.value] : node;
    const condition = fragment?.typeCondition && document.schema.getType(fragment.typeCondition.name.value);
    collect(isObjectType(condition) ? condition : type, fragment?.selectionSet, document, found);
  }
}

function typeOf(type: GraphQLObjectType, field: string): GraphQLObjectType | undefined {
  const named = getNamedType(type.getFields()[field]?.type);
  return isObjectType(named) ? named : undefined;
}
