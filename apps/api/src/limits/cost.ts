import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  getVariableValues,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { tooComplex } from './document-shape.js';
import { costs, limits } from './limits.js';

/** What is asked: a document that was validated, and its variables. */
export interface Asked {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/**
 * What answering an operation may cost, with page sizes and variables: a field of each of 500 entries counts 500 times.
 * Counting ends where the limit is passed, so that a document of a few lines which spreads into millions costs us little.
 * @throws Refusal QUERY_TOO_COMPLEX.
 */
export function costOf({ schema, document, operation, variables = {} }: Asked): number {
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], { ...variables });
  // Wrong variables are refused by the execution, before it has done anything.
  if (!coerced) return 0;
  const counting = new Counting(document, coerced);
  counting.selections(operation.selectionSet, schema.getRootType(operation.operation)!, { times: 1, root: true });
  return counting.total;
}

interface Place {
  /** How often it is answered. */
  readonly times: number;
  /** The page size that was chosen just above. */
  readonly size?: number;
  readonly root?: boolean;
}

class Counting {
  total = 0;
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(
    { definitions }: DocumentNode,
    private readonly variables: Record<string, unknown>,
  ) {
    const fragments = definitions.filter(node => node.kind === Kind.FRAGMENT_DEFINITION);
    this.fragments = new Map(fragments.map(node => [node.name.value, node]));
  }

  selections({ selections }: SelectionSetNode, type: GraphQLObjectType, place: Place): void {
    for (const selection of selections) {
      if (this.isLeftOut(selection)) continue;
      this.add(place.times * costs.field);
      if (selection.kind === Kind.FIELD) this.field(selection, type, place);
      else if (selection.kind === Kind.INLINE_FRAGMENT) this.selections(selection.selectionSet, type, place);
      else this.selections(this.fragments.get(selection.name.value)!.selectionSet, type, place);
    }
  }

  private field(node: FieldNode, parent: GraphQLObjectType, { times, size, root }: Place): void {
    // Introspection reads no data; where it is allowed at all, the limits of the document are enough.
    const field = parent.getFields()[node.name.value];
    if (!field) return;
    if (root) this.add(costs.rootField);
    if (field.name === 'totalCount') this.add(times * costs.totalCount);
    const type = getNamedType(field.type);
    if (!node.selectionSet || !isObjectType(type)) return;
    const entries = isListType(getNullableType(field.type)) ? (size ?? costs.listWithoutSize) : 1;
    this.selections(node.selectionSet, type, { times: times * entries, size: this.pageSize(field, node) });
  }

  /** A page that is too large is refused where it is read. */
  private pageSize(field: GraphQLField<unknown, unknown>, node: FieldNode): number | undefined {
    if (!field.args.some(({ name }) => name === 'first')) return undefined;
    const { first } = getArgumentValues(field, node, this.variables);
    return typeof first === 'number' ? Math.min(Math.max(first, 1), limits.pageSize.most) : costs.listWithoutSize;
  }

  private isLeftOut(selection: SelectionNode): boolean {
    const skip = getDirectiveValues(GraphQLSkipDirective, selection, this.variables);
    const include = getDirectiveValues(GraphQLIncludeDirective, selection, this.variables);
    return skip?.if === true || include?.if === false;
  }

  private add(cost: number): void {
    this.total += cost;
    if (this.total > limits.cost.most) throw tooComplex('cost', this.total);
  }
}
