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
      /1 row was expected and 100 came, without any condition: .*ANALYZE s\.t/,
    );
    assert.deepEqual(hintsOf('Seq Scan', {}), []);
  });

  it('gives advice with the figure that it rests on, and none without', () => {
    const hintsOf = (type: string, given: Record<string, unknown>, ...below: unknown[]): string =>
      planOf(node(type, given, ...below)).marks.hints.join(' | ');
    assert.match(
      hintsOf(
        'Nested Loop',
        {},
        node('Seq Scan', { 'Plan Rows': 3, 'Actual Rows': 5000 }),
        node('Index Scan', {
          'Actual Loops': 5000,
          'Actual Total Time': 0.01,
          'Plan Rows': 1,
          'Actual Rows': 1,
        }),
      ),
      /chosen for 3 rows and 5,000 came, so the inner side ran 5,000 times \(50 ms\)/,
    );
    assert.match(
      hintsOf('Bitmap Heap Scan', {
        'Exact Heap Blocks': 1000,
        'Lossy Heap Blocks': 99_000,
        'Rows Removed by Index Recheck': 50_000,
      }),
      /for 99,000 of 100,000 blocks it knew only the block, and 50,000 rows .*About 7 MB of work_mem/,
    );
    assert.match(
      hintsOf('Gather', { 'Workers Planned': 4, 'Workers Launched': 1 }),
      /Of 4 planned workers 1 could be launched/,
    );
    assert.equal(hintsOf('Gather', { 'Workers Planned': 4, 'Workers Launched': 4 }), '');
    assert.match(
      hintsOf('Hash', { 'Hash Batches': 4, 'Peak Memory Usage': 4096 }),
      /4 parts of up to 4,096 KB: about 16 MB/,
    );
    assert.match(
      hintsOf('Aggregate', { 'HashAgg Batches': 5, 'Disk Usage': 10_240, 'Peak Memory Usage': 4096 }),
      /groups went to disk \(10,240 KB\): about 24 MB/,
    );
    assert.match(
      hintsOf('Nested Loop', { 'Rows Removed by Join Filter': 500_000, 'Join Filter': '(a.x < b.x)' }),
      /500,000 pairs .*\(a\.x < b\.x\)/,
    );
    assert.match(
      hintsOf('Seq Scan', {
        'Shared Hit Blocks': 1,
        'Shared Read Blocks': 900,
        'Shared I/O Read Time': 180,
        'Actual Total Time': 200,
      }),
      /Reading 900 blocks took 180 ms of its 200 ms/,
    );
    const limited = planOf(
      node(
        'Limit',
        {},
        node('Index Scan', {
          'Actual Rows': 10,
          'Plan Rows': 10,
          Filter: '(kind = 3)',
          'Rows Removed by Filter': 90_000,
        }),
      ),
    );
    assert.match(
      limited.children[0]?.marks.hints.join('') ?? '',
      /the 10 rows that the LIMIT wants, 90,000 were read/,
    );
    const subquery = planOf(
      node(
        'Seq Scan',
        {},
        node('Aggregate', { 'Subplan Name': 'SubPlan 1', 'Actual Loops': 5000, 'Actual Total Time': 0.1 }),
      ),
    );
    assert.equal(subquery.children[0]?.part, 'SubPlan 1');
    assert.match(subquery.children[0].marks.hints.join(''), /for each of 5,000 rows \(500 ms\)/);
    assert.match(
      hintsOf('Index Only Scan', { 'Heap Fetches': 2000, 'Actual Rows': 2500, 'Plan Rows': 2500 }),
      /2,000 reads/,
    );
    assert.equal(
      hintsOf('Index Only Scan', { 'Heap Fetches': 2000, 'Actual Rows': 90_000, 'Plan Rows': 90_000 }),
      '',
    );
  });

  it('tells blocks and their times, with and without those of the nodes below, of servers old and new', () => {
    const root = planOf(
      node(
        'Sort',
        {
          'Shared Hit Blocks': 5000,
          'Shared Read Blocks': 40,
          'Temp Written Blocks': 7,
          'I/O Read Time': 9,
          'I/O Write Time': 0,
        },
        node('Seq Scan', {
          'Shared Hit Blocks': 4990,
          'Local Hit Blocks': 4,
          'Shared Read Blocks': 40,
          'Shared Dirtied Blocks': 2,
          'Shared I/O Read Time': 4,
          'Temp I/O Read Time': 1,
        }),
      ),
    );
    const [scan] = root.children;
    assert.deepEqual(root.ownBuffers, {
      hit: 6,
      read: 0,
      dirtied: 0,
      written: 0,
      tempRead: 0,
      tempWritten: 7,
      readMs: 4,
      writeMs: 0,
    });
    assert.deepEqual([scan?.buffers?.hit, scan?.buffers?.dirtied, scan?.buffers?.readMs], [4994, 2, 5]);
    assert.deepEqual(
      all(root).map(({ marks }) => marks.mostBlocks),
      [false, true],
    );
  });

  it('tells triggers, JIT and what they took of the whole', () => {
    const json = {
      Plan: node('Result', {}),
      'Execution Time': 400,
      'Planning Time': 1,
      Triggers: [{ 'Trigger Name': 'keep_log', Relation: 'orders', Time: 150, Calls: 3 }],
      JIT: { Functions: 12, Timing: { Total: 200 } },
    };
    const plan = parsePlan(JSON.stringify(json));
    assert.deepEqual(plan.triggers, [{ name: 'keep_log', relation: 'orders', calls: 3, ms: 150 }]);
    assert.deepEqual(plan.jit, { functions: 12, ms: 200 });
    assert.match(
      plan.notes.join(' | '),
      /12 functions \(JIT\) took 200 ms of 400 ms.*Triggers took 150 ms of 400 ms/,
    );
  });

  it('shortens conditions of any length, and shows what would reorder or hide text', () => {
    const filter = `(note = '\u202e${'x'.repeat(10_000_000)}')`;
    const begun = performance.now();
    const root = planOf(
      node('Seq Scan', { Filter: filter, Alias: '\u2066<b>', 'Rows Removed by Filter': 200_000 }),
    );
    assert.ok(performance.now() - begun < 1000);
    assert.ok(JSON.stringify(root).length < 3000);
    assert.match(root.details.join(''), /^Filter: \(note = '<U\+202E>x+…$/);
    assert.equal(root.alias, '<U+2066><b>');
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
