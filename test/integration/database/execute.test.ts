import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/database/catalog.ts';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import { explainOnly, openResult } from '../../../src/database/execute.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import type { RowTotal } from '../../../src/shared/resultsProtocol.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';

const signal = new AbortController().signal;

describe('execute', () => {
  let server: PostgresServer;
  let database: Database | undefined;
  let catalog: Catalog;
  let parser: SqlParser;
  const guarded = (sql: string): ReadOnlySql => ReadOnlySql.fromText(parser, catalog, sql);
  before(async () => {
    server = await startPostgres();
    await server.run(
      'CREATE TABLE numbers AS SELECT i AS id, i * i::numeric AS square FROM generate_series(0, 99999) AS i',
    );
    const { profile, password } = parseConnectionUrl(server.url(), 'test');
    database = openDatabase({ ...profile, rowCap: 60_000 }, { password: () => Promise.resolve(password) });
    catalog = await introspect(database, signal);
    parser = await loadParser();
  });
  after(async () => {
    await database?.dispose();
    await server.dispose();
  });

  /** Connections of Khipu's that hold a transaction or work. */
  const busy = async (): Promise<number> => {
    const result = await server.run(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'Khipu' AND state <> 'idle'`,
    );
    assert.ok(!Array.isArray(result));
    return (result.rows as { n: number }[])[0]?.n ?? -1;
  };

  it("keeps Postgres's own text, NULL apart from the empty string, and columns of one name", async () => {
    const sql = `SELECT 9007199254740993::int8 AS a, 0.10::numeric AS a, NULL::text AS b, '' AS b, true, 'é😀'::varchar(5),
      '2024-03-31 02:30:00+02'::timestamptz AT TIME ZONE 'UTC', ARRAY[1,NULL,3], '{"a": 1}'::json`;
    const result = await openResult(database!, guarded(sql), signal);
    assert.deepEqual(result.firstRows, [
      ['9007199254740993', '0.10', null, '', 't', 'é😀', '2024-03-31 00:30:00', '{1,NULL,3}', '{"a": 1}'],
    ]);
    assert.deepEqual(result.columns.map(({ name, type, align }) => `${name} ${type} ${align}`).slice(0, 6), [
      'a bigint right',
      'a numeric right',
      'b text left',
      'b text left',
      '?column? boolean left',
      'varchar character varying(5) left',
    ]);
    assert.equal(await busy(), 0, 'a small result keeps no transaction open');
  });

  it('reads any page of a large result, in any order, and frees its connection', async () => {
    const result = await openResult(database!, guarded('SELECT id FROM numbers ORDER BY id'), signal);
    assert.equal(result.firstRows.length, 500);
    const pages = await Promise.all([50_000, 3, 49_998].map((start) => result.page(start, 3, signal)));
    assert.deepEqual(
      pages.map((rows) => rows.map((row) => row[0])),
      [
        ['50000', '50001', '50002'],
        ['3', '4', '5'],
        ['49998', '49999', '50000'],
      ],
    );
    assert.equal(await busy(), 1);
    await result.close();
    await result.close();
    assert.equal(await busy(), 0);
    await assert.rejects(result.page(0, 1, signal), { kind: 'connection-lost' });
  });

  it('counts up to the cap, and exactly below it', async () => {
    const capped = await openResult(database!, guarded('SELECT id FROM numbers'), signal);
    const seen: RowTotal[] = [];
    assert.deepEqual(await capped.count((total) => seen.push(total), signal), {
      rows: 60_000,
      complete: false,
      atCap: true,
    });
    assert.ok(
      seen.length > 1 &&
        seen.every((total, index) => index === 0 || total.rows >= (seen[index - 1]?.rows ?? 0)),
    );
    assert.deepEqual(
      await capped.page(59_999, 10, signal).then((rows) => rows.length),
      1,
      'nothing beyond the cap',
    );
    await capped.close();
    const whole = await openResult(database!, guarded('SELECT id FROM numbers WHERE id < 1234'), signal);
    assert.deepEqual(await whole.count(() => undefined, signal), { rows: 1234, complete: true });
    await whole.close();
  });

  it('gives the position of an error in the text as written', async () => {
    const sql = `SELECT 'é😀' AS "ü", nowhere FROM numbers`;
    for (const run of [
      openResult(database!, guarded(sql), signal),
      explainOnly(database!, guarded(sql), signal),
    ]) {
      await assert.rejects(run, (error) => {
        assert.ok(error instanceof KhipuError);
        assert.equal(error.kind, 'sql-failed');
        assert.equal(error.detail.sqlState, '42703');
        assert.equal(error.detail.position, sql.indexOf('nowhere'));
        return true;
      });
    }
    assert.equal(await busy(), 0);
  });

  it('ends a statement that takes longer than the profile allows', async () => {
    const hasty = openDatabase(
      { ...database!.profile, statementTimeoutMs: 200 },
      { password: () => Promise.resolve(server.password) },
    );
    try {
      const slow = guarded('SELECT count(*) FROM numbers a, numbers b');
      await assert.rejects(openResult(hasty, slow, signal), { kind: 'statement-timeout' });
    } finally {
      await hasty.dispose();
    }
  });

  it('cancels on the server, and the connection serves on', async () => {
    const controller = new AbortController();
    const running = openResult(
      database!,
      guarded('SELECT count(*) FROM numbers a, numbers b'),
      controller.signal,
    );
    running.catch(() => undefined);
    while ((await busy()) === 0) continue;
    controller.abort();
    await assert.rejects(running, { kind: 'cancelled' });
    assert.equal(await busy(), 0);
    const next = await openResult(database!, guarded('SELECT 1'), signal);
    assert.deepEqual(next.firstRows, [['1']]);
  });

  it('keeps the result when one page is no longer wanted, and interrupts the server when it is closed', async () => {
    const slow = await openResult(
      database!,
      guarded(
        `SELECT a.id, (SELECT count(*) FROM numbers b WHERE b.id < 9000 AND b.id % 7 = a.id % 7) FROM numbers a WHERE a.id < 700`,
      ),
      signal,
    );
    const controller = new AbortController();
    const first = slow.page(500, 50, signal);
    const dropped = slow.page(600, 50, controller.signal);
    controller.abort();
    await assert.rejects(dropped, { kind: 'cancelled' });
    assert.equal((await first).length, 50);
    const running = slow.page(650, 50, signal);
    running.catch(() => undefined);
    await slow.close();
    await assert.rejects(running);
    assert.equal(await busy(), 0);
  });

  it('tells a lost connection, and the next statement reconnects', async () => {
    const result = await openResult(database!, guarded('SELECT id FROM numbers'), signal);
    await server.stop();
    await assert.rejects(result.page(10_000, 5, signal), { kind: 'connection-lost' });
    await result.close();
    await assert.rejects(openResult(database!, guarded('SELECT 1'), signal), { kind: 'connection-refused' });
    await server.start();
    assert.deepEqual((await openResult(database!, guarded('SELECT 1'), signal)).firstRows, [['1']]);
  });
});
