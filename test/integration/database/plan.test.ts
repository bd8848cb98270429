import assert from 'node:assert/strict';
import { explainPlan } from '../../../src/database/plan.ts';
import type { PlanNode } from '../../../src/shared/planProtocol.ts';
import type { KhipuError } from '../../../src/shared/errors.ts';
import { openArena, signal, type Arena } from './exportArena.ts';

const setup = `
  CREATE TABLE events AS SELECT i AS id, i % 100 AS kind, i / 100 AS day FROM generate_series(1, 50000) AS i;
  CREATE TABLE pairs AS SELECT i % 20 AS a, i % 20 AS b, i % 20 AS c FROM generate_series(1, 40000) AS i;
  ANALYZE;`;

function all(node: PlanNode): PlanNode[] {
  return [node, ...node.children.flatMap(all)];
}

describe('explainPlan', () => {
  let arena: Arena;
  before(async () => {
    arena = await openArena(setup);
  });
  after(() => arena.dispose());

  it('plans without running, and runs only when asked to', async () => {
    const statement = arena.guarded('SELECT kind, count(*) FROM events GROUP BY kind');
    const { plan: planned, json } = await explainPlan(arena.database, statement, { analyze: false }, signal);
    assert.equal(planned.analyzed, false);
    assert.equal(
      (JSON.parse(json) as [{ Plan: { 'Node Type': string } }])[0].Plan['Node Type'],
      planned.root.kind,
    );
    assert.equal(planned.executionMs, undefined);
    assert.ok(
      all(planned.root).every(({ actual, buffers }) => actual === undefined && buffers === undefined),
    );
    const { plan: run } = await explainPlan(arena.database, statement, { analyze: true }, signal);
    assert.ok(run.analyzed && (run.executionMs ?? 0) > 0 && (run.planningMs ?? 0) > 0);
    const scan = all(run.root).find(({ relation }) => relation === 'public.events');
    assert.equal(scan?.actual?.rows, 50_000);
    assert.ok((scan.buffers?.hit ?? 0) + (scan.buffers?.read ?? 0) > 100);
    assert.equal(all(run.root).filter(({ marks }) => marks.costly).length, 1);
    const own = all(run.root).reduce((sum, node) => sum + (node.actual?.selfMs ?? 0), 0);
    assert.ok(Math.abs(own - (run.root.actual?.totalMs ?? 0)) < 0.5, 'the parts make the whole');
    assert.equal(await arena.connections('busy'), 0);
  });

  it('marks what a real server got wrong, and hints at an index', async () => {
    const correlated = arena.guarded('SELECT * FROM pairs WHERE a = 1 AND b = 1 AND c = 1');
    const {
      plan: { root },
    } = await explainPlan(arena.database, correlated, { analyze: true }, signal);
    assert.equal(root.marks.misestimate?.direction, 'under');
    assert.ok(root.marks.misestimate.factor > 100);
    assert.match(root.marks.hints.join(' '), /ANALYZE public\.pairs/);
    const selective = arena.guarded('SELECT * FROM events WHERE id = 77');
    const { plan: scanned } = await explainPlan(arena.database, selective, { analyze: true }, signal);
    assert.match(scanned.root.marks.hints[0] ?? '', /Of 50,000 rows read, 1 were wanted.*id = 77/);
  });

  it('reads plans with subplans, CTEs, workers and parts that never ran', async () => {
    for (const sql of [
      'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 50) SELECT * FROM r, LATERAL (SELECT * FROM events WHERE id = n) AS e',
      'SELECT (SELECT max(id) FROM events e WHERE e.kind = p.a) FROM pairs p LIMIT 3',
      'WITH x AS MATERIALIZED (SELECT * FROM events) SELECT * FROM x a JOIN x b USING (id)',
      'SELECT * FROM events WHERE false UNION ALL SELECT * FROM events WHERE id < 0',
      'SELECT sum(id) OVER (PARTITION BY kind ORDER BY day) FROM events',
    ]) {
      const { plan } = await explainPlan(arena.database, arena.guarded(sql), { analyze: true }, signal);
      for (const node of all(plan.root)) {
        assert.ok((node.actual?.selfMs ?? 0) <= (node.actual?.totalMs ?? 0), sql);
        assert.ok(node.estimate.selfCost >= 0, sql);
      }
    }
  });

  it('advises a work_mem that does: with it, the same sort and the same hash stay in memory', async () => {
    const { server } = arena;
    const onDisk: Record<string, RegExp> = {
      'SELECT * FROM events ORDER BY kind, day': /The sort went to disk \(.* KB\): about (\d+) MB/,
      'SELECT count(*) FROM events a JOIN events b USING (id)':
        /The hash table went to disk in .*: about (\d+) MB/,
    };
    const hintsWith = async (sql: string, workMem: string): Promise<string> => {
      await server.run(`ALTER DATABASE postgres SET work_mem = '${workMem}';
        ALTER DATABASE postgres SET max_parallel_workers_per_gather = 0;
        ALTER DATABASE postgres SET enable_mergejoin = off; ALTER DATABASE postgres SET enable_nestloop = off`);
      const { plan } = await explainPlan(arena.open({}), arena.guarded(sql), { analyze: true }, signal);
      return all(plan.root)
        .flatMap(({ marks }) => marks.hints)
        .join(' | ');
    };
    for (const [sql, hint] of Object.entries(onDisk)) {
      const said = await hintsWith(sql, '256kB');
      const enough = hint.exec(said)?.[1];
      assert.ok(enough, said);
      assert.doesNotMatch(await hintsWith(sql, `${enough}MB`), /went to disk/);
    }
    await server.run('ALTER DATABASE postgres RESET ALL');
  });

  it('tells blocks, times of reading and workers where the server does', async () => {
    const { server } = arena;
    await server.run(`ALTER DATABASE postgres SET track_io_timing = on; ALTER DATABASE postgres SET min_parallel_table_scan_size = 0;
      ALTER DATABASE postgres SET parallel_setup_cost = 0; ALTER DATABASE postgres SET parallel_tuple_cost = 0`);
    const statement = arena.guarded('SELECT sum(id) FROM events');
    const { plan } = await explainPlan(arena.open({}), statement, { analyze: true }, signal);
    await server.run('ALTER DATABASE postgres RESET ALL');
    const gather = all(plan.root).find(({ kind }) => kind.startsWith('Gather'));
    const scan = all(plan.root).find(({ kind }) => kind === 'Parallel Seq Scan');
    assert.ok((gather?.workers?.planned ?? 0) > 0);
    assert.ok((scan?.buffers?.hit ?? 0) + (scan?.buffers?.read ?? 0) > 100);
    assert.notEqual(scan?.buffers?.readMs, undefined);
  });

  it('refuses what has no plan, and gives positions in the text as written', async () => {
    const show = explainPlan(arena.database, arena.guarded('SHOW work_mem'), { analyze: true }, signal);
    await assert.rejects(show, { kind: 'invalid-input' });
    assert.throws(() => arena.guarded('DELETE FROM events'), { kind: 'refused-by-guard' });
    const wrong = explainPlan(
      arena.database,
      arena.guarded('SELECT nowhere FROM events'),
      { analyze: true },
      signal,
    );
    await assert.rejects(
      wrong,
      (error: KhipuError) => error.kind === 'sql-failed' && error.detail.position === 7,
    );
    assert.equal(await arena.connections('busy'), 0);
  });
});
