import assert from 'node:assert/strict';
import { parsePlan } from '../../../src/database/plan.ts';
import type { PlanNode } from '../../../src/shared/planProtocol.ts';

/** A node as Postgres prints it, with what matters here. */
function node(type: string, given: Record<string, unknown>, ...below: unknown[]): Record<string, unknown> {
  return {
    'Node Type': type,
    'Startup Cost': 0,
    'Total Cost': 10,
    'Plan Rows': 100,
    'Plan Width': 8,
    'Actual Total Time': 1,
    'Actual Rows': 100,
    'Actual Loops': 1,
    ...given,
    ...(below.length > 0 ? { Plans: below } : {}),
  };
}

function planOf(root: unknown): PlanNode {
  return parsePlan(JSON.stringify([{ Plan: root, 'Planning Time': 0.5, 'Execution Time': 9 }])).root;
}

function all(root: PlanNode): PlanNode[] {
  return [root, ...root.children.flatMap(all)];
}

describe('parsePlan', () => {
  it("tells each node's own time and cost, all loops, and marks the one costly node", () => {
    const root = planOf(
      node(
        'Nested Loop',
        { 'Actual Total Time': 50, 'Total Cost': 100 },
        node('Seq Scan', { 'Actual Total Time': 8, 'Total Cost': 30 }),
        node('Index Scan', { 'Actual Total Time': 0.3, 'Actual Loops': 100, 'Total Cost': 5 }),
      ),
    );
    const [scan, index] = root.children;
    assert.equal(root.actual?.selfMs, 12);
    assert.equal(root.estimate.selfCost, 65);
    assert.ok(Math.abs((index?.actual?.totalMs ?? 0) - 30) < 1e-9);
    assert.equal(scan?.actual?.totalMs, 8);
    assert.deepEqual(
      all(root).map(({ marks }) => marks.costly),
      [false, false, true],
    );
  });

  it('counts workers as one wall clock, and a CTE where it is read', () => {
    const gather = planOf(
      node(
        'Gather',
        { 'Workers Launched': 2, 'Actual Total Time': 40 },
        node('Parallel Seq Scan', { 'Actual Total Time': 30, 'Actual Loops': 3 }),
      ),
    );
    assert.equal(gather.actual?.selfMs, 10);
    const withCte = planOf(
      node(
        'CTE Scan',
        { 'CTE Name': 'r', 'Actual Total Time': 25 },
        node('Aggregate', { 'Subplan Name': 'CTE r', 'Actual Total Time': 20 }),
      ),
    );
    assert.equal(withCte.actual?.selfMs, 5);
    assert.equal(withCte.children[0]?.actual?.selfMs, 20);
  });

  it('marks estimates that were ten times off, but not what a LIMIT stopped', () => {
    const off = (direction: PlanNode): unknown => direction.marks.misestimate;
    assert.deepEqual(off(planOf(node('Seq Scan', { 'Plan Rows': 5, 'Actual Rows': 500 }))), {
      factor: 100,
      direction: 'under',
    });
    assert.equal(off(planOf(node('Seq Scan', { 'Plan Rows': 11, 'Actual Rows': 100 }))), undefined);
    const stopped = { 'Plan Rows': 100_000, 'Actual Rows': 10 };
    const limit = planOf(node('Limit', { 'Plan Rows': 10, 'Actual Rows': 10 }, node('Seq Scan', stopped)));
    assert.equal(off(limit.children[0]!), undefined);
    const sorted = planOf(
      node('Limit', { 'Plan Rows': 10, 'Actual Rows': 10 }, node('Sort', stopped, node('Seq Scan', stopped))),
    );
    assert.deepEqual(off(sorted.children[0]!.children[0]!), { factor: 10_000, direction: 'over' });
  });

  it('hints at what may help', () => {
    const hintsOf = (type: string, given: Record<string, unknown>): readonly string[] =>
      planOf(node(type, given)).marks.hints;
    assert.match(
      hintsOf('Seq Scan', { Filter: '(id = 5)', 'Rows Removed by Filter': 20_000, 'Plan Rows': 100 })[0] ??
        '',
      /Of 20,100 rows read, 100 were wanted: an index that fits \(id = 5\)/,
    );
    assert.match(
      hintsOf('Seq Scan', { 'Actual Loops': 5000, 'Relation Name': 't', Schema: 'public' })[0] ?? '',
      /public\.t was read 5,000 times/,
    );
    assert.match(
      hintsOf('Sort', { 'Sort Space Type': 'Disk', 'Sort Space Used': 4096 })[0] ?? '',
      /4,096 KB.*work_mem/,
    );
    assert.match(hintsOf('Hash', { 'Hash Batches': 8 })[0] ?? '', /8 parts.*work_mem/);
    assert.match(
      hintsOf('Index Only Scan', { 'Heap Fetches': 50_000, 'Relation Name': 't' })[0] ?? '',
      /VACUUM t/,
    );
    assert.match(
      hintsOf('Seq Scan', { 'Plan Rows': 1, 'Relation Name': 't', Schema: 's' })[0] ?? '',
      /1 rows were expected and 100 came: ANALYZE s\.t/,
    );
    assert.deepEqual(hintsOf('Seq Scan', {}), []);
  });

  it('reads a plan that was not run, and a node that never was', () => {
    const bare = {
      'Node Type': 'Result',
      'Startup Cost': 0,
      'Total Cost': 0.01,
      'Plan Rows': 1,
      'Plan Width': 4,
    };
    const plan = parsePlan(JSON.stringify([{ Plan: bare }]));
    assert.equal(plan.analyzed, false);
    assert.equal(plan.root.actual, undefined);
    assert.equal(plan.root.marks.costly, true);
    const never = planOf(node('Append', {}, node('Seq Scan', { 'Actual Loops': 0, 'Actual Rows': 0 })));
    assert.equal(never.children[0]?.actual, undefined);
    assert.equal(never.children[0]?.marks.misestimate, undefined);
  });

  it('refuses what is no plan', () => {
    for (const json of ['', '[]', '[{"Plan": {}}]', '{"Plan": 1}'])
      assert.throws(() => parsePlan(json), { kind: 'protocol' });
  });
});
