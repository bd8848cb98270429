/** Where the nodes of a plan stand in its two pictures: a tidy tree from top to bottom, and a flame of bars by time. Pure. */
import type { Plan, PlanNode } from '../src/shared/planProtocol.ts';

export const cardWidth = 196;
export const cardHeight = 62;
const gapX = 22;
const gapY = 46;

export interface Placed {
  readonly node: PlanNode;
  readonly parent: Placed | undefined;
  readonly depth: number;
  /** The left edge and the top, in pixels at full size; of the flame, `x` and `width` are parts of the whole, 0 to 1. */
  x: number;
  y: number;
  width: number;
}

export interface Shape {
  readonly placed: readonly Placed[];
  readonly width: number;
  readonly height: number;
}

/** Leaves side by side in their order, each parent over the middle of its children. Linear in the nodes. */
export function graphShape(root: PlanNode): Shape {
  const placed = walk(root);
  const below = childrenOf(placed);
  let right = 0;
  let deepest = 0;
  // From the last to the first, children come before their parent; leaves are numbered from the left.
  for (const each of placed) {
    deepest = Math.max(deepest, each.depth);
    each.y = each.depth * (cardHeight + gapY);
    each.width = cardWidth;
    if (below.get(each) !== undefined) continue;
    each.x = right;
    right += cardWidth + gapX;
  }
  for (const each of placed.toReversed()) {
    const children = below.get(each);
    const [first, last] = [children?.at(0), children?.at(-1)];
    if (first !== undefined && last !== undefined) each.x = (first.x + last.x) / 2;
  }
  return { placed, width: right - gapX, height: (deepest + 1) * (cardHeight + gapY) - gapY };
}

/** What a node with all below it takes: time where it was run, else cost. */
export function weightOf({ actual, estimate }: PlanNode, analyzed: boolean): number {
  return analyzed ? (actual?.totalMs ?? 0) : estimate.totalCost;
}

/**
 * The root as wide as the whole, each node below its parent and as wide as its part of it. What took more than its parent (a CTE
 * where it is hung up, workers that ran at the same time) is drawn as wide as there is room.
 */
export function flameShape({ root, analyzed }: Plan): Shape {
  const placed = walk(root);
  const below = childrenOf(placed);
  let deepest = 0;
  for (const each of placed) {
    deepest = Math.max(deepest, each.depth);
    each.y = each.depth;
    if (each.parent === undefined) each.width = 1;
    const children = below.get(each) ?? [];
    const weights = children.map(({ node }) => weightOf(node, analyzed));
    const sum = weights.reduce((whole, weight) => whole + weight, 0);
    const scale = Math.max(weightOf(each.node, analyzed), sum);
    let left = each.x;
    for (const [index, child] of children.entries()) {
      child.x = left;
      child.width = scale === 0 ? 0 : (each.width * (weights[index] ?? 0)) / scale;
      left += child.width;
    }
  }
  return { placed, width: 1, height: deepest + 1 };
}

/** All nodes, parents first, in the order in which the tree shows them. */
function walk(root: PlanNode): Placed[] {
  const placed: Placed[] = [];
  const waiting: Placed[] = [{ node: root, parent: undefined, depth: 0, x: 0, y: 0, width: 0 }];
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    placed.push(each);
    for (const node of each.node.children.toReversed())
      waiting.push({ node, parent: each, depth: each.depth + 1, x: 0, y: 0, width: 0 });
  }
  return placed;
}

function childrenOf(placed: readonly Placed[]): Map<Placed, Placed[]> {
  const below = new Map<Placed, Placed[]>();
  for (const each of placed) {
    if (each.parent === undefined) continue;
    const siblings = below.get(each.parent);
    if (siblings === undefined) below.set(each.parent, [each]);
    else siblings.push(each);
  }
  return below;
}

/** The node that a key leads to from another, in either picture; undefined where there is none. */
export function neighbour(shape: Shape, from: PlanNode, key: string): PlanNode | undefined {
  const at = shape.placed.findIndex(({ node }) => node === from);
  const here = shape.placed[at];
  if (here === undefined) return undefined;
  switch (key) {
    case 'ArrowUp':
      return here.parent?.node;
    case 'ArrowDown':
      return from.children[0];
    case 'ArrowLeft':
    case 'ArrowRight':
      return beside(shape, here, key === 'ArrowLeft' ? -1 : 1)?.node;
    case 'Home':
      return shape.placed[0]?.node;
    case 'End':
      return shape.placed.at(-1)?.node;
    default:
      return undefined;
  }
}

/** The next node of the same depth, also one of other parents. */
function beside(shape: Shape, here: Placed, step: 1 | -1): Placed | undefined {
  const row = shape.placed.filter(({ depth }) => depth === here.depth);
  return row[row.indexOf(here) + step];
}
