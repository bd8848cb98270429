/** Results that are sorted and filtered by a real server, from the statement to pages. */
import assert from 'node:assert/strict';
import type { RunAround } from '../../../src/database/answerRows.ts';
import { arrangeRows, type ArrangedPages } from '../../../src/database/arrangeRows.ts';
import type { Catalog } from '../../../src/database/catalog.ts';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import { openResult } from '../../../src/database/execute.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import type { ParameterValue } from '../../../src/database/parameters.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import type { ResultPages } from '../../../src/database/resultPages.ts';
import type { Arrangement, RowFilter } from '../../../src/shared/arrangement.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { openWriteArena } from './writeArena.ts';

const signal = new AbortController().signal;

describe('sorting and filtering a result', () => {
  let server: PostgresServer;
  let database: Database;
  let catalog: Catalog;
  let parser: SqlParser;
  const opened: ResultPages[] = [];
  before(async function () {
    this.timeout(30_000);
    server = await startPostgres();
    await server.run(`CREATE TABLE orders AS SELECT i AS id, (i::bigint * 7919 % 1000003) / 100.0 AS total,
      CASE i % 3 WHEN 0 THEN 'paid' WHEN 1 THEN 'open' END AS status, timestamp '2024-01-01' + i * interval '1 minute' AS at
      FROM generate_series(1, 1000000) AS i`);
    const { profile, password } = parseConnectionUrl(server.url(), 'test');
    database = openDatabase({ ...profile, rowCap: 2_000_000 }, { password: () => Promise.resolve(password) });
    catalog = await introspect(database, signal);
    parser = await loadParser();
  });
  after(async () => {
    await database.dispose();
    await server.dispose();
  });
  const closeAll = async (): Promise<void> => {
    for (const pages of opened.splice(0)) await pages.close();
  };
  afterEach(closeAll);

  const judged = (sql: string, values: readonly ParameterValue[] = []): ReadOnlySql =>
    ReadOnlySql.fromText(parser, catalog, sql).bind(values);
  async function arrange(
    statement: ReadOnlySql,
    arrangement: Partial<Arrangement>,
    abort = signal,
  ): Promise<ArrangedPages> {
    await closeAll();
    const rows = await openResult(database, statement, signal);
    opened.push(rows);
    const around: RunAround = (text, values, ended) => openResult(database, judged(text, values), ended);
    const arranged = await arrangeRows(
      rows,
      statement,
      { sort: [], filters: [], ...arrangement },
      around,
      abort,
    );
    opened.push(arranged.pages);
    return arranged;
  }
  const by = (column: number, descending = false): Partial<Arrangement> => ({
    sort: [{ column, descending }],
  });
  const only = (...filters: RowFilter[]): Partial<Arrangement> => ({ filters });
  const cells = (rows: readonly (readonly (string | null)[])[], column = 0) => rows.map((row) => row[column]);

  it('sorts a million rows, and gives any page of them', async () => {
    const { pages, by: who } = await arrange(judged('SELECT * FROM orders'), by(1, true));
    assert.equal(who, 'database');
    assert.deepEqual(
      pages.columns.map(({ name, type }) => `${name} ${type}`),
      ['id integer', 'total numeric', 'status text', 'at timestamp without time zone'],
    );
    const total = await pages.count(() => undefined, signal);
    assert.deepEqual(total, { rows: 1_000_000, complete: true });
    const expected = await server.run(
      'SELECT total::text FROM orders ORDER BY orders.total DESC OFFSET 777000 LIMIT 3',
    );
    assert.ok(!Array.isArray(expected));
    const page = await pages.page(777_000, 3, signal);
    assert.deepEqual(
      page.map((row) => Number(row[1])),
      (expected.rows as { total: string }[]).map(({ total: value }) => Number(value)),
    );
  });

  it('sorts by several columns, NULL last in both directions', async () => {
    const keys = {
      sort: [
        { column: 2, descending: true },
        { column: 0, descending: true },
      ],
    };
    const { pages } = await arrange(judged('SELECT * FROM orders WHERE id <= 1000'), keys);
    assert.deepEqual(
      pages.firstRows.slice(0, 2).map((row) => [row[2], row[0]]),
      [
        ['paid', '999'],
        ['paid', '996'],
      ],
    );
    assert.deepEqual(cells(await pages.page(998, 9, signal), 2), [null, null]);
  });

  it('filters by every kind of test', async () => {
    const count = async (...filters: RowFilter[]): Promise<number> => {
      const { pages } = await arrange(judged('SELECT * FROM orders WHERE id <= 1000'), only(...filters));
      return (await pages.count(() => undefined, signal)).rows;
    };
    assert.equal(await count({ test: 'contains', column: 2, text: 'AI' }), 333);
    assert.equal(await count({ test: 'contains', column: 0, text: '99' }), 19);
    assert.equal(await count({ test: 'equals', column: 2, value: 'paid' }), 333);
    assert.equal(await count({ test: 'less', column: 0, value: '10.5' }), 10);
    assert.equal(await count({ test: 'greater', column: 0, value: '990' }), 10);
    assert.equal(await count({ test: 'between', column: 0, low: '10', high: '19' }), 10);
    assert.equal(await count({ test: 'values', column: 2, values: ['open', null] }), 667);
    assert.equal(await count({ test: 'null', column: 2 }), 333);
    assert.equal(await count({ test: 'not-null', column: 2 }), 667);
    assert.equal(await count({ test: 'empty', column: 2 }), 0);
    assert.equal(
      await count(
        { test: 'between', column: 3, low: '2024-01-01 00:00', high: '2024-01-01 01:00' },
        { test: 'equals', column: 2, value: 'open' },
      ),
      20,
    );
  });

  it('takes what is typed for a value, never for SQL', async () => {
    for (const text of [`' OR true --`, `'); DROP TABLE orders; --`, '$1', '%', '\\', `"`]) {
      const { pages } = await arrange(
        judged('SELECT * FROM orders WHERE id <= 1000'),
        only({ test: 'contains', column: 2, text }),
      );
      assert.deepEqual(pages.total, { rows: 0, complete: true }, text);
    }
    await assert.rejects(
      arrange(judged('SELECT * FROM orders'), only({ test: 'equals', column: 0, value: '1 OR true' })),
      { kind: 'sql-failed', message: /invalid input syntax for type numeric: "1 OR true"/ },
    );
  });

  it('keeps the values of parameters, and puts its own after them', async () => {
    const statement = judged('SELECT id, $2::text AS word FROM orders WHERE id <= $1::int', [
      '900',
      'ch$1li',
    ]);
    const { pages } = await arrange(statement, {
      ...by(0, true),
      ...only({ test: 'equals', column: 1, value: 'ch$1li' }, { test: 'less', column: 0, value: '500' }),
    });
    assert.deepEqual(pages.firstRows[0], ['499', 'ch$1li']);
    assert.equal(pages.firstRows.length, 499);
  });

  it('knows columns of one name by their place, also where a name is another one’s place', async () => {
    const sql = `SELECT 1000 - id AS c2, id AS c1, id % 7 AS a, id AS a, 1 AS "?column?" FROM orders WHERE id <= 900`;
    const first = await arrange(judged(sql), by(0));
    assert.deepEqual(first.pages.firstRows[0]?.slice(0, 2), ['100', '900']);
    const fourth = await arrange(judged(sql), {
      ...by(3, true),
      ...only({ test: 'equals', column: 2, value: '3' }),
    });
    assert.deepEqual(fourth.pages.firstRows[0]?.slice(1), ['899', '3', '899', '1']);
    assert.deepEqual(
      fourth.pages.columns.map(({ name }) => name),
      ['c2', 'c1', 'a', 'a', '?column?'],
    );
  });

  it('keeps which rows a statement gives, whatever its form', async () => {
    for (const sql of [
      'SELECT id FROM orders ORDER BY id DESC LIMIT 600 OFFSET 10;',
      'SELECT id FROM orders ORDER BY id DESC LIMIT 600 OFFSET 10 -- the last ones',
      'WITH latest AS (SELECT id FROM orders ORDER BY id DESC LIMIT 600 OFFSET 10) TABLE latest /* all */ ;',
      '(SELECT id FROM orders ORDER BY id DESC LIMIT 300 OFFSET 10) UNION ALL SELECT id FROM orders WHERE id BETWEEN 999391 AND 999690',
    ]) {
      const { pages, by: who } = await arrange(judged(sql), by(0));
      const total = await pages.count(() => undefined, signal);
      assert.deepEqual(
        [who, total.rows, ...cells(pages.firstRows.slice(0, 2))],
        ['database', 600, '999391', '999392'],
        sql,
      );
    }
    const { pages } = await arrange(judged('VALUES (3, NULL), (1, now()), (2, NULL)'), by(0));
    assert.deepEqual(cells(pages.firstRows), ['1', '2', '3']);
  });

  it('sorts what has no order by its text', async () => {
    const sql = `SELECT json_build_object('n', id) AS doc, point(id, 1) AS place FROM orders WHERE id <= 600`;
    for (const column of [0, 1]) {
      const { pages } = await arrange(judged(sql), by(column));
      const text = column === 0 ? 'doc' : 'place';
      const expected = await server.run(`SELECT ${text}::text AS t FROM (${sql}) AS q ORDER BY 1 LIMIT 500`);
      assert.ok(!Array.isArray(expected));
      assert.deepEqual(
        cells(pages.firstRows, column),
        (expected.rows as { t: string }[]).map(({ t }) => t),
      );
    }
  });

  it('sorts few rows here, without asking the server, and asks it where only it can tell', async () => {
    const few = await arrange(judged('SELECT id, status FROM orders WHERE id <= 9'), {
      ...by(0, true),
      ...only({ test: 'equals', column: 1, value: 'open' }),
    });
    assert.deepEqual([few.by, cells(few.pages.firstRows)], ['here', ['7', '4', '1']]);
    assert.deepEqual(await few.pages.page(1, 5, signal), [
      ['4', 'open'],
      ['1', 'open'],
    ]);
    const intervals = await arrange(
      judged(`SELECT * FROM (VALUES (interval '1 day'), ('2:00')) AS t (i)`),
      by(0),
    );
    assert.deepEqual([intervals.by, cells(intervals.pages.firstRows)], ['database', ['02:00:00', '1 day']]);
  });

  it('sorts what SHOW and EXPLAIN give when it is text, and says why not otherwise', async () => {
    const shown = await arrange(judged('SHOW ALL'), only({ test: 'equals', column: 0, value: 'work_mem' }));
    assert.deepEqual([shown.by, cells(shown.pages.firstRows)], ['here', ['work_mem']]);
    await assert.rejects(arrange(judged('EXPLAIN (FORMAT JSON) SELECT 1'), by(0)), {
      kind: 'invalid-input',
      message: 'What SHOW and EXPLAIN give is not sorted or filtered by the server.',
    });
  });

  it('ends on the server when it is cancelled', async () => {
    const controller = new AbortController();
    const sql = `SELECT a.id, b.id AS other FROM orders AS a, orders AS b LIMIT 1000000000`;
    const sorting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'Khipu' AND state = 'active'`;
    const running = async (): Promise<number> => {
      const found = await server.run(sorting);
      assert.ok(!Array.isArray(found));
      return (found.rows as { n: number }[])[0]?.n ?? -1;
    };
    const settled = assert.rejects(arrange(judged(sql), by(1, true), controller.signal), {
      kind: 'cancelled',
    });
    // The first rows come at once; to sort them all takes longer than anybody waits.
    while ((await running()) === 0 || opened.length === 0);
    controller.abort();
    await settled;
    while ((await running()) !== 0);
  });

  it('reads within the transaction of the user, and says when that has ended', async () => {
    const arena = await openWriteArena('');
    try {
      const begun = await arena.begin();
      const { transaction } = begun;
      await begun.write(`UPDATE shop.orders SET status = 'mine' WHERE id <= 600`);
      const statement = ReadOnlySql.fromText(parser, catalog, `SELECT id, status FROM shop.orders`);
      const rows = await transaction.read(statement, signal);
      const around: RunAround = (text, values, ended) =>
        transaction.read(ReadOnlySql.fromText(parser, catalog, text).bind(values), ended);
      const arrangement = { sort: [], filters: [{ test: 'equals' as const, column: 1, value: 'mine' }] };
      const { pages } = await arrangeRows(rows, statement, arrangement, around, signal);
      assert.deepEqual(await pages.count(() => undefined, signal), { rows: 600, complete: true });
      const bad = { sort: [], filters: [{ test: 'less' as const, column: 0, value: 'x' }] };
      await assert.rejects(arrangeRows(rows, statement, bad, around, signal), { kind: 'sql-failed' });
      assert.equal((await rows.page(700, 1, signal)).length, 1, 'the rows before are still there');
      await transaction.rollBack();
      await assert.rejects(arrangeRows(rows, statement, arrangement, around, signal), {
        kind: 'connection-lost',
        message: 'The transaction has ended: it was rolled back.',
      });
    } finally {
      await arena.dispose();
    }
  });
});
