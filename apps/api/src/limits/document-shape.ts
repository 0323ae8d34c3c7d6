import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { type Refusal, refuse } from '#event-sourcing/refusal.js';
import { limits } from './limits.js';

/** What is counted of a document before anybody works with it. */
export type Shape = Readonly<Record<'fields' | 'aliases' | 'directives' | 'depth' | 'rootFields', number>>;

/**
 * Counts what stands in a document, whatever the schema says of it: validation compares fields pairwise, so it must not see a
 * document that is too large. Fragments are followed once each, so their nesting costs nothing here; circles count as they stand.
 */
export function shapeOf(document: DocumentNode): Shape {
  let [fields, aliases, directives] = [0, 0, 0];
  visit(document, {
    Field: ({ alias }) => {
      fields++;
      if (alias) aliases++;
    },
    Directive: () => {
      directives++;
    },
  });
  const reach = new Reach(document);
  const operations = document.definitions.filter(node => node.kind === Kind.OPERATION_DEFINITION);
  const reached = operations.map(({ selectionSet }) => reach.of(selectionSet));
  const depth = Math.max(0, ...reached.map(({ depth }) => depth));
  const rootFields = Math.max(0, ...reached.map(({ width }) => width));
  return { fields, aliases, directives, depth, rootFields };
}

/** How many queries or commands an operation asks for. */
export function rootFieldsOf(document: DocumentNode, { selectionSet }: OperationDefinitionNode): number {
  return new Reach(document).of(selectionSet).width;
}

/** @throws Refusal QUERY_TOO_COMPLEX naming the limit. */
export function requireSmall(shape: Shape): void {
  for (const name of Object.keys(shape) as (keyof Shape)[])
    if (shape[name] > limits[name].most) throw tooComplex(name, shape[name]);
}

/** A refusal that names what there is too much of. */
export function tooComplex(name: keyof Shape | 'cost', found: number): Refusal {
  const { most, counts } = limits[name];
  const message = `The document is too complex: ${name} ${found}, and at most ${most} is allowed.`;
  return refuse('QUERY_TOO_COMPLEX', message, { field: name, allowed: `up to ${most} ${counts}` });
}

/** How deep and how wide selections are, with the fragments that they spread. */
class Reach {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly known = new Map<string, { depth: number; width: number }>();

  constructor({ definitions }: DocumentNode) {
    for (const node of definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
  }

  of({ selections }: SelectionSetNode): { depth: number; width: number } {
    let [depth, width] = [0, 0];
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        width++;
        depth = Math.max(depth, 1 + (selection.selectionSet ? this.of(selection.selectionSet).depth : 0));
        continue;
      }
      const inner =
        selection.kind === Kind.INLINE_FRAGMENT
          ? this.of(selection.selectionSet)
          : this.ofFragment(selection.name.value);
      width += inner.width;
      depth = Math.max(depth, inner.depth);
    }
    return { depth, width };
  }

  private ofFragment(name: string): { depth: number; width: number } {
    const known = this.known.get(name);
    if (known) return known;
    const circle = { depth: 0, width: 0 };
    this.known.set(name, circle); // validation refuses circles; here they only must come to an end
    const fragment = this.fragments.get(name);
    const found = fragment ? this.of(fragment.selectionSet) : circle;
    this.known.set(name, found);
    return found;
  }
}
