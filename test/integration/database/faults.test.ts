import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { openResult } from '../../../src/database/execute.ts';
import { exportDefaults } from '../../../src/database/exportFormats.ts';
import { exportRows } from '../../../src/database/exportRows.ts';
import type { KhipuError } from '../../../src/shared/errors.ts';
import { openArena, signal, until, type Arena } from './exportArena.ts';
import { startProxy } from './silentProxy.ts';

const setup = `
  CREATE TABLE numbers AS SELECT i AS id FROM generate_series(0, 99999) AS i;
  CREATE FUNCTION noisy() RETURNS int STABLE LANGUAGE plpgsql AS $$
    BEGIN FOR i IN 1..50000 LOOP RAISE NOTICE 'notice % %', i, repeat('n', 200); END LOOP; RETURN 1; END $$;
  CREATE ROLE lonely LOGIN PASSWORD 'lonely' CONNECTION LIMIT 1;`;
const endless = 'SELECT count(*) FROM numbers a, numbers b, numbers c';

describe('faults while a statement runs', () => {
  let arena: Arena;
  before(async () => {
    arena = await openArena(setup);
  });
  after(() => arena.dispose());

  const one = async (): Promise<unknown> =>
    (await openResult(arena.database, arena.guarded('SELECT 1'), signal)).firstRows;

  it('survives a server that is killed in the middle of a page and comes back', async () => {
    // Long enough to be caught at work.
    const slowPage = `SELECT id, (SELECT count(*) FROM generate_series(1, 40000) b WHERE b % 7 = a.id % 7) FROM numbers a`;
    const result = await openResult(
      arena.database,
      arena.guarded(`SELECT * FROM numbers LIMIT 500 OFFSET 0`),
      signal,
    );
    assert.equal(result.firstRows.length, 500);
    const told = await arena.server.run('SHOW data_directory');
    assert.ok(!Array.isArray(told));
    const { data_directory: data } = told.rows[0] as { data_directory: string };
    const [pid = ''] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
    const page = openResult(arena.database, arena.guarded(slowPage), signal);
    page.catch(() => undefined);
    await until(() => arena.connections('busy'), 1);
    // Like a machine that goes down: a backend whose postmaster alone is killed may come to the end of its page.
    const busy = await arena.server.run(
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'Khipu' AND state = 'active'`,
    );
    assert.ok(!Array.isArray(busy));
    const [backend] = busy.rows as { pid: number }[];
    for (const each of [Number(pid), backend!.pid]) assert.ok(process.kill(each, 'SIGKILL'));
    await assert.rejects(page, { kind: 'connection-lost' });
    // A backend outlives its killed postmaster for a moment.
    const refusal = async (): Promise<string> => {
      for (;;) {
        try {
          await one();
        } catch (error) {
          return (error as KhipuError).kind;
        }
      }
    };
    assert.ok(['connection-refused', 'connection-lost'].includes(await refusal()));
    for (;;) {
      try {
        await arena.server.start();
        break;
      } catch {
        continue; // what the killed server left behind still ends
      }
    }
    assert.deepEqual(await one(), [['1']]);
  });

  it('gives up a network that was cut in silence, and works again when it is back', async () => {
    const proxy = await startProxy(arena.server.port);
    try {
      const database = arena.open({ port: proxy.port, statementTimeoutMs: 500 }, { connectTimeoutMs: 1000 });
      const result = await openResult(database, arena.guarded('SELECT * FROM numbers'), signal);
      proxy.cut();
      const started = performance.now();
      await assert.rejects(result.page(50_000, 10, signal), {
        kind: 'connection-lost',
        message: 'The server has said nothing for 4 s.',
      });
      await result.close();
      assert.ok(performance.now() - started < 8000, 'closing does not wait for the dead network');
      await assert.rejects(openResult(database, arena.guarded('SELECT 1'), signal), { kind: 'timeout' });
      proxy.mend();
      const next = await openResult(database, arena.guarded('SELECT 1'), signal);
      assert.deepEqual(next.firstRows, [['1']]);
      await database.dispose();
    } finally {
      await proxy.dispose();
    }
  });

  it('says when every connection of the pool is in use, and goes on when one is free', async () => {
    const database = arena.open({}, { connectTimeoutMs: 300 });
    const statement = arena.guarded('SELECT * FROM numbers');
    const results = await Promise.all(
      Array.from({ length: 6 }, () => openResult(database, statement, signal)),
    );
    await assert.rejects(openResult(database, statement, signal), {
      kind: 'too-many-connections',
      message: /^All 6 connections of .* are in use\.$/,
    });
    await results[0]?.close();
    await (await openResult(database, statement, signal)).close();
    await database.dispose();
    await until(() => arena.connections('busy'), 0);
  });

  it('says when the server takes no more connections', async () => {
    const holder = new pg.Client({
      connectionString: arena.server.url('postgres', 'disable').replace(/\/\/[^@]*@/, '//lonely:lonely@'),
    });
    await holder.connect();
    const database = arena.open({ user: 'lonely' }, { password: () => Promise.resolve('lonely') });
    try {
      await assert.rejects(
        openResult(database, arena.guarded('SELECT 1'), signal),
        ({ kind, detail }: KhipuError) => kind === 'too-many-connections' && detail.sqlState === '53300',
      );
    } finally {
      await holder.end();
    }
    await until(async () => {
      const result = await arena.server.run(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = 'lonely'`,
      );
      return Array.isArray(result) ? -1 : (result.rows[0] as { n: number }).n;
    }, 0);
    assert.deepEqual((await openResult(database, arena.guarded('SELECT 1'), signal)).firstRows, [['1']]);
  });

  it('looks at and exports gigabytes in bounded memory, and stops them at once', async () => {
    const gigabytes = arena.guarded(`SELECT i, repeat('w', 1000000) FROM generate_series(1, 20000) AS i`);
    const before = process.memoryUsage.rss();
    let peak = before;
    const result = await openResult(
      arena.database,
      arena.guarded(`SELECT i, repeat('w', 100000) FROM generate_series(1, 20000) AS i`),
      signal,
    );
    await result.page(5000, 200, signal);
    await result.close();
    const controller = new AbortController();
    const watch = ({ bytes }: { bytes: number }): void => {
      peak = Math.max(peak, process.memoryUsage.rss());
      if (bytes > 500_000_000) controller.abort();
    };
    const exporting = exportRows(
      arena.database,
      gigabytes,
      join(arena.folder, 'big.json'),
      exportDefaults('json'),
      watch,
      controller.signal,
    );
    await assert.rejects(exporting, { kind: 'cancelled' });
    assert.equal(await arena.connections('busy'), 0);
    assert.deepEqual(await arena.files(), []);
    assert.ok(peak - before < 400_000_000, `${((peak - before) / 1e6).toFixed(0)} MB more`);
  });

  it('shows the beginning of a cell of 50 MB, and 1,600 columns', async () => {
    const huge = await openResult(arena.database, arena.guarded(`SELECT repeat('x', 52428800), 1`), signal);
    assert.equal(huge.firstRows[0]?.[0]?.slice(99_999), 'x… 52,428,800 characters');
    assert.equal(huge.firstRows[0][1], '1');
    await huge.close();
    const wide = `SELECT ${Array.from({ length: 1600 }, (_, index) => `i + ${index} AS c${index}`).join(', ')} FROM generate_series(1, 2000) AS i`;
    const result = await openResult(arena.database, arena.guarded(wide), signal);
    assert.equal(result.columns.length, 1600);
    assert.equal((await result.page(1999, 1, signal))[0]?.[1599], '3599');
    await result.close();
  });

  it('is not drowned by a flood of notices', async () => {
    const { firstRows } = await openResult(arena.database, arena.guarded('SELECT noisy()'), signal);
    assert.deepEqual(firstRows, [['1']]);
    assert.deepEqual(await one(), [['1']]);
  });

  it('answers a hundred statements at once on one profile', async () => {
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        openResult(arena.database, arena.guarded(`SELECT ${index}, count(*) FROM numbers`), signal),
      ),
    );
    assert.deepEqual(
      results.map(({ firstRows }) => firstRows[0]),
      Array.from({ length: 100 }, (_, index) => [`${index}`, '100000']),
    );
    assert.equal(await arena.connections('busy'), 0);
  });

  it('leaves no connection when it is disposed in the middle of everything', async () => {
    await arena.database.dispose();
    await until(() => arena.connections('all'), 0);
    const database = arena.open({});
    const open = await openResult(database, arena.guarded('SELECT * FROM numbers'), signal);
    const counting = open.count(() => undefined, signal);
    const target = join(arena.folder, 'never.csv');
    const wide = arena.guarded(`SELECT * FROM numbers a, numbers b`);
    const running = [
      counting,
      open.page(90_000, 100, signal),
      exportRows(database, wide, target, exportDefaults('csv'), () => undefined, signal),
      exportRows(database, wide, target, exportDefaults('xlsx'), () => undefined, signal),
      openResult(database, arena.guarded(endless), signal),
      openResult(database, arena.guarded(endless), signal),
    ];
    const settled = Promise.allSettled(running);
    await until(() => arena.connections('busy'), 5);
    await database.dispose();
    const outcomes = await settled;
    const reasons = outcomes.map((each) =>
      each.status === 'rejected' ? (each.reason as { kind: string }).kind : 'done',
    );
    assert.deepEqual(reasons.slice(2), Array(4).fill('connection-lost'));
    assert.ok(
      reasons.slice(0, 2).every((kind) => ['done', 'connection-lost'].includes(kind)),
      reasons.join(),
    );
    await until(() => arena.connections('all'), 0);
    assert.deepEqual(await arena.files(), []);
  });
});
