/** Cancel in every state: the server is idle again within 300 ms, as it says itself. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import pg from 'pg';
import { explainOnly, openResult } from '../../../src/database/execute.ts';
import { exportDefaults } from '../../../src/database/exportFormats.ts';
import { exportRows } from '../../../src/database/exportRows.ts';
import { explainPlan } from '../../../src/database/plan.ts';
import { openArena, signal, type Arena } from './exportArena.ts';
import { startProxy } from './silentProxy.ts';

const mostMs = 300;
const rounds = 3;

const setup = `
  CREATE TABLE numbers AS SELECT i AS id FROM generate_series(1, 100000) AS i;
  -- A function that is IMMUTABLE is run by the planner.
  CREATE FUNCTION planned_slowly() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_sleep(60); RETURN 1; END $$;`;
const endless = 'SELECT count(*) FROM numbers a, numbers b, numbers c';
/** 501 of these rows take about a second and more. */
const slowRows = `SELECT id, (SELECT count(*) FROM generate_series(1, 30000) b WHERE b % 7 = a.id % 7) FROM numbers a`;
const wide = `SELECT a.id, repeat('x', 200) FROM numbers a, numbers b`;

describe('cancel', function () {
  this.timeout(120_000);
  let arena: Arena;
  let watcher: pg.Client;
  before(async () => {
    arena = await openArena(setup);
    watcher = new pg.Client({ connectionString: arena.server.url('postgres', 'disable') });
    await watcher.connect();
  });
  after(async () => {
    await watcher.end();
    await arena.dispose();
  });

  /** How many of Khipu's connections are in this state. */
  const count = async (condition: string): Promise<number> => {
    const { rows } = await watcher.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'Khipu' AND ${condition}`,
    );
    return rows[0]?.n ?? -1;
  };
  const until = async (condition: string, wanted: number): Promise<void> => {
    while ((await count(condition)) !== wanted) continue;
  };
  const isBusy = `state <> 'idle'`;
  const isActive = `state = 'active'`;
  const running = (text: string): string => `${isActive} AND query LIKE '%${text}%'`;

  /**
   * Starts work, waits until the server is at it, stops it, and measures until no connection is busy.
   * @param start returns what is to end, and what stops it
   */
  const measure = async (
    words: string,
    at: string,
    start: (signal: AbortSignal) => Promise<{ ends: Promise<unknown>; stop?: () => Promise<void> }>,
  ): Promise<void> => {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const controller = new AbortController();
      const { ends, stop } = await start(controller.signal);
      const outcome = ends.then(
        () => 'done',
        (error: unknown) => (error as { kind: string }).kind,
      );
      await until(at, 1);
      const stopped = performance.now();
      let stopping: Promise<void> | undefined;
      if (stop === undefined) controller.abort();
      else stopping = stop();
      await until(isBusy, 0);
      times.push(performance.now() - stopped);
      await stopping;
      assert.equal(await outcome, 'cancelled');
    }
    const shown = times.map((time) => `${time.toFixed(0)} ms`).join(', ');
    console.log(`      ${words}: idle after ${shown}`);
    assert.ok(Math.min(...times) < mostMs && times.toSorted((a, b) => a - b)[1]! < mostMs, shown);
    const next = await openResult(arena.database, arena.guarded('SELECT 1'), signal);
    assert.deepEqual(next.firstRows, [['1']], 'the next statement works');
  };
  const open = (sql: string, abort: AbortSignal): Promise<unknown> =>
    openResult(arena.database, arena.guarded(sql), abort).then((result) => result.close());

  it('while it plans', async () => {
    await measure('planning', running('planned_slowly'), (abort) => {
      const planning = explainOnly(arena.database, arena.guarded('SELECT planned_slowly()'), abort);
      return Promise.resolve({ ends: planning });
    });
  });

  it('while it runs, before the first row', async () => {
    await measure('running', running('FETCH'), (abort) => Promise.resolve({ ends: open(endless, abort) }));
  });

  it('while the first rows stream', async () => {
    await measure('first page', running('FETCH'), (abort) =>
      Promise.resolve({ ends: open(slowRows, abort) }),
    );
  });

  it('while a page is read, when the result is closed', async () => {
    await measure('page', running('FETCH FORWARD 77'), async () => {
      const sql = `${slowRows} WHERE id > 500 UNION ALL SELECT id, 0 FROM numbers`;
      const quick = `SELECT id, 0 FROM numbers WHERE id <= 600 UNION ALL ${sql}`;
      const result = await openResult(arena.database, arena.guarded(quick), signal);
      return { ends: result.page(600, 77, signal), stop: () => result.close() };
    });
  });

  it('while it counts, when the result is closed', async () => {
    await measure('counting', running('MOVE FORWARD'), async () => {
      const quick = `SELECT id, 0 FROM numbers WHERE id <= 600 UNION ALL ${slowRows}`;
      const result = await openResult(arena.database, arena.guarded(quick), signal);
      return { ends: result.count(() => undefined, signal), stop: () => result.close() };
    });
  });

  for (const format of ['csv', 'json', 'parquet'] as const) {
    it(`while it exports ${format}`, async () => {
      const target = join(arena.folder, `never.${format}`);
      await measure(`export as ${format}`, running('repeat'), (abort) => {
        const options = exportDefaults(format);
        const statement = arena.guarded(wide);
        return Promise.resolve({
          ends: exportRows(arena.database, statement, target, options, () => undefined, abort),
        });
      });
      assert.deepEqual(await arena.files(), []);
    });
  }

  it('while it explains what it runs', async () => {
    await measure('explain analyze', running('EXPLAIN'), (abort) =>
      Promise.resolve({
        ends: explainPlan(arena.database, arena.guarded(endless), { analyze: true }, abort),
      }),
    );
  });

  it('while it connects to a server that says nothing, and connects when that one answers again', async () => {
    const proxy = await startProxy(arena.server.port);
    try {
      const database = arena.open({ port: proxy.port }, { connectTimeoutMs: 2000 });
      proxy.cut();
      const controller = new AbortController();
      const connecting = openResult(database, arena.guarded('SELECT 1'), controller.signal);
      setImmediate(() => controller.abort());
      const stopped = performance.now();
      await assert.rejects(connecting, { kind: 'cancelled' });
      assert.ok(performance.now() - stopped < mostMs);
      assert.equal(await count(isBusy), 0);
      proxy.mend();
      const next = await openResult(arena.open({ port: proxy.port }), arena.guarded('SELECT 2'), signal);
      assert.deepEqual(next.firstRows, [['2']]);
      const again = await openResult(database, arena.guarded('SELECT 3'), signal);
      assert.deepEqual(again.firstRows, [['3']], 'the attempt that hung is not what later ones wait for');
    } finally {
      await proxy.dispose();
    }
  });

  it('while it waits for a connection of the pool', async () => {
    const database = arena.open({});
    const statement = arena.guarded('SELECT * FROM numbers');
    const results = await Promise.all(
      Array.from({ length: 6 }, () => openResult(database, statement, signal)),
    );
    const controller = new AbortController();
    const waiting = openResult(database, statement, controller.signal);
    setImmediate(() => controller.abort());
    await assert.rejects(waiting, { kind: 'cancelled' });
    await Promise.all(results.map((result) => result.close()));
    await until(isBusy, 0);
    // What was waited for in vain goes back to the pool, and is there for the next.
    const all = await Promise.all(Array.from({ length: 6 }, () => openResult(database, statement, signal)));
    await Promise.all(all.map((result) => result.close()));
    await database.dispose();
  });
});
