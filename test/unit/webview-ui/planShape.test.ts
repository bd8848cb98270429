import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePlan } from '../../../src/database/plan.ts';
import type { Plan, PlanNode } from '../../../src/shared/planProtocol.ts';
import { cardWidth, flameShape, graphShape, neighbour } from '../../../webview-ui/planShape.ts';

function planFrom(name: string): Plan {
  return parsePlan(readFileSync(join(import.meta.dirname, '../../fixtures/plans', `${name}.json`), 'utf8'));
}

describe('the shape of a plan', () => {
  const plans = ['before', 'after', 'analyzed', 'planned'].map(planFrom);

  it('lets no two cards of the graph meet, and puts each parent over its children', () => {
    for (const { root } of plans) {
      const { placed, width } = graphShape(root);
      for (const [at, one] of placed.entries()) {
        assert.ok(one.x >= 0 && one.x + cardWidth <= width + 0.001);
        for (const other of placed.slice(at + 1))
          if (other.depth === one.depth) assert.ok(Math.abs(other.x - one.x) >= cardWidth);
        const below = placed.filter(({ parent }) => parent === one);
        if (below.length > 0) assert.equal(one.x, ((below[0]?.x ?? 0) + (below.at(-1)?.x ?? 0)) / 2);
      }
    }
  });

  it('keeps each bar of the flame within its parent, as wide as its part of the time', () => {
    for (const plan of plans) {
      for (const { x, width, parent } of flameShape(plan).placed) {
        if (parent === undefined) assert.deepEqual([x, width], [0, 1]);
        else assert.ok(x >= parent.x - 1e-9 && x + width <= parent.x + parent.width + 1e-9);
      }
    }
    const { placed } = flameShape(planFrom('analyzed'));
    const [root, second] = placed;
    const part = (second?.node.actual?.totalMs ?? 0) / (root?.node.actual?.totalMs ?? 1);
    assert.ok(Math.abs((second?.width ?? 0) - part) < 1e-9);
  });

  it('reaches every node by the arrow keys', () => {
    const { root } = planFrom('before');
    const shape = graphShape(root);
    const reached = new Set<PlanNode>([root]);
    for (const node of reached)
      for (const key of ['ArrowDown', 'ArrowRight', 'ArrowLeft', 'ArrowUp']) {
        const next = neighbour(shape, node, key);
        if (next !== undefined) reached.add(next);
      }
    assert.equal(reached.size, shape.placed.length);
    assert.equal(neighbour(shape, root, 'ArrowUp'), undefined);
    assert.equal(neighbour(shape, root, 'x'), undefined);
  });

  it('takes 5,000 nodes, side by side or one below the other, within a moment', () => {
    const leaf: PlanNode = { ...planFrom('planned').root, children: [] };
    const wide = { ...leaf, children: Array.from({ length: 5000 }, () => ({ ...leaf })) };
    let deep = leaf;
    for (let depth = 0; depth < 5000; depth++) deep = { ...leaf, children: [deep] };
    const begun = performance.now();
    for (const root of [wide, deep]) {
      assert.equal(graphShape(root).placed.length, 5001);
      assert.equal(flameShape({ root, analyzed: false, triggers: [], notes: [] }).placed.length, 5001);
    }
    assert.ok(performance.now() - begun < 1000);
  });
});
