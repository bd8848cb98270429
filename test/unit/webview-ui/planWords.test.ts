import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePlan } from '../../../src/database/plan.ts';
import type { Plan, PlanNode } from '../../../src/shared/planProtocol.ts';
import {
  costWords,
  countWords,
  loopWords,
  misestimateWords,
  nodeSentence,
  nodesOf,
  nodeWords,
  sharesOf,
  totalWords,
} from '../../../webview-ui/planWords.ts';

function planFrom(name: string): Plan {
  return parsePlan(readFileSync(join(import.meta.dirname, '../../fixtures/plans', `${name}.json`), 'utf8'));
}

const english = 'en-US';

describe('a plan in words', () => {
  const analyzed = planFrom('analyzed');
  const planned = planFrom('planned');

  it('names a node by its kind, index, relation and an alias that says something', () => {
    const [node] = nodesOf(planned.root);
    const of = (changes: Partial<PlanNode>): string => nodeWords({ ...node!, ...changes }).target;
    assert.equal(
      of({ relation: 'shop.orders', alias: 'o', index: 'orders_pkey' }),
      'using orders_pkey on shop.orders o',
    );
    assert.equal(of({ relation: 'shop.orders', alias: 'orders' }), 'on shop.orders');
    assert.equal(of({}), '');
  });

  it('walks the nodes in the order in which they are shown', () => {
    assert.deepEqual(
      nodesOf(analyzed.root).map(({ kind }) => kind),
      ['Sort', 'Aggregate', 'Sort', 'Nested Loop', 'Seq Scan', 'Index Scan'],
    );
  });

  it('shares the whole among the nodes, of time or of cost', () => {
    for (const plan of [analyzed, planned]) {
      const sum = [...sharesOf(plan).values()].reduce((total, share) => total + share, 0);
      assert.ok(Math.abs(sum - 1) < 1e-9);
    }
    const [first] = sharesOf({
      ...planned,
      root: { ...planned.root, estimate: { ...planned.root.estimate, selfCost: 0 }, children: [] },
    }).values();
    assert.equal(first, 0, 'nothing of nothing');
  });

  it('says the totals', () => {
    assert.deepEqual(totalWords({ ...analyzed, executionMs: 1202.4, planningMs: 0.42 }, english), [
      'Ran in 1.2 s',
      'planned in 0.4 ms',
      '2 rows',
      `${analyzed.root.buffers?.hit.toLocaleString(english) ?? ''} blocks from memory, ${analyzed.root.buffers?.read.toLocaleString(english) ?? ''} from disk`,
    ]);
    assert.equal(totalWords(planned, english)[0], 'Planned, not run');
  });

  it('says of a node what it expected and found, and that it never ran', () => {
    const scan = nodesOf(analyzed.root)[4]!;
    assert.match(
      nodeSentence(scan, 0.56, true, english),
      /^Seq Scan on shop\.orders o, 35 rows expected, 15,000 found, [\d.]+ ms, 56% of the time, most time, 429× more rows than expected$/,
    );
    assert.match(nodeSentence({ ...scan, actual: undefined }, 0, true, english), /, never run, /);
    const first = planned.root;
    assert.match(
      nodeSentence(first, 0.1, false, english),
      /^Sort, 35 rows expected, cost [\d.,]+, 10% of the cost/,
    );
    assert.equal(misestimateWords(first), undefined);
  });

  it('says figures as short as they can be', () => {
    assert.deepEqual(
      [1234567, 0.25, 0, 12.5].map((count) => countWords(count, english)),
      ['1,234,567', '0.25', '0', '13'],
    );
    assert.deepEqual(
      [1, 12000].map((loops) => loopWords(loops, english)),
      ['', '12,000×'],
    );
    assert.deepEqual(
      [0.29, 7735.4].map((cost) => costWords(cost, english)),
      ['0.29', '7,735'],
    );
  });
});
