/** The numbers behind charts, worked out by a real server and here: both ways come to the same. */
import assert from 'node:assert/strict';
import type { Catalog } from '../../../src/database/catalog.ts';
import { openDatabase, type Database } from '../../../src/database/connect.ts';
import { openResult } from '../../../src/database/execute.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import type { ResultPages } from '../../../src/database/resultPages.ts';
import { drawChart, type ChartedRows } from '../../../src/editor/chartRows.ts';
import type { DrawnChart } from '../../../src/shared/chartData.ts';
import type { Chart } from '../../../src/shared/chartProtocol.ts';
import type { KhipuError } from '../../../src/shared/errors.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';

const signal = new AbortController().signal;

const makeSales = `CREATE TABLE sales AS
  SELECT i AS id, (ARRAY['Cusco', 'Lima', 'Puno', NULL])[i % 4 + 1] AS region,
         timestamptz '2024-01-01 00:00:00+00' + i * interval '7 minutes' AS sold_at,
         date '2020-01-01' + i % 300 AS due,
         CASE WHEN i % 1000 = 0 THEN 'NaN'::float8 WHEN i % 1001 = 0 THEN 'Infinity' ELSE i % 97 END AS ratio,
         (i * 12345678901234567.01)::numeric AS amount, i % 13 AS units, ('{"k": ' || i % 3 || '}')::json AS doc
    FROM generate_series(1, 60000) AS i`;

describe('charts', () => {
  let server: PostgresServer;
  let database: Database;
  let catalog: Catalog;
  let parser: SqlParser;
  const open: ResultPages[] = [];

  before(async () => {
    server = await startPostgres();
    await server.run(makeSales);
    const { profile, password } = parseConnectionUrl(server.url(), 'test');
    database = openDatabase(profile, { password: () => Promise.resolve(password) });
    catalog = await introspect(database, signal);
    parser = await loadParser();
  });
  after(async () => {
    await database.dispose();
    await server.dispose();
  });
  afterEach(async () => {
    for (const rows of open.splice(0)) await rows.close();
  });

  async function charted(
    sql: string,
    values: readonly string[] = [],
  ): Promise<ChartedRows & { ran: string[] }> {
    const guarded = (text: string): ReadOnlySql => ReadOnlySql.fromText(parser, catalog, text);
    const statement = guarded(sql).bind(values);
    const rows = await openResult(database, statement, signal);
    open.push(rows);
    await rows.count(() => undefined, signal);
    const ran: string[] = [];
    return {
      rows,
      statement,
      ran,
      runAround: (text, bound, abort) => {
        ran.push(text);
        return openResult(database, guarded(text).bind(bound), abort);
      },
    };
  }
  async function draw(
    sql: string,
    chart: Omit<Chart, 'title' | 'x' | 'y' | 'colour'> & { x?: string; y?: string; colour?: string },
    values: readonly string[] = [],
  ): Promise<DrawnChart & { ran: string[] }> {
    const answer = await charted(sql, values);
    const field = (name: string | undefined): Chart['x'] =>
      name === undefined
        ? undefined
        : { name, column: answer.rows.columns.findIndex((column) => column.name === name) };
    const { x, y, colour, ...rest } = chart;
    const asked = { ...rest, x: field(x), y: field(y), colour: field(colour), title: 'T' };
    try {
      return { ...(await drawChart(answer, asked, signal)), ran: answer.ran };
    } finally {
      await answer.rows.close();
    }
  }
  /** What the database itself says. */
  async function rowsOf(sql: string): Promise<(string | null)[][]> {
    const pages = await openResult(database, ReadOnlySql.fromText(parser, catalog, sql), signal);
    await pages.close();
    return pages.firstRows.map((row) => [...row]);
  }

  it('sums without loss, in the database and here alike', async () => {
    const order = { kind: 'bar', x: 'region', y: 'amount', aggregate: 'sum' } as const;
    const large = await draw('SELECT region, amount FROM sales -- all', order);
    assert.equal(large.ran.length, 1);
    assert.deepEqual(large.data.fields, [
      { name: 'region', scale: 'category' },
      { name: 'amount (sum)', scale: 'number' },
    ]);
    assert.deepEqual(
      large.data.points,
      await rowsOf('SELECT region, sum(amount) FROM sales GROUP BY 1 ORDER BY 2 DESC'),
    );
    assert.match(large.notes.join(' '), /Worked out in the database over all rows/);
    const small = await draw('SELECT region, amount FROM sales WHERE id <= 8000', order);
    assert.deepEqual(small.ran, []);
    const exact = await rowsOf('SELECT region, sum(amount) FROM sales WHERE id <= 8000 GROUP BY 1');
    const plain = (points: readonly (readonly (string | null)[])[]): string[] =>
      points
        .map(
          ([x, y]) =>
            `${x ?? 'NULL'} ${String(y)
              .replace(/\.0+$/, '')
              .replace(/(\.\d*[1-9])0+$/, '$1')}`,
        )
        .toSorted();
    assert.deepEqual(plain(small.data.points), plain(exact));
  });

  it('takes every aggregate, and leaves NaN and infinity aside', async () => {
    for (const aggregate of ['sum', 'mean', 'min', 'max', 'count'] as const) {
      const order = { kind: 'line', x: 'units', y: 'ratio', aggregate } as const;
      const large = await draw('SELECT units, ratio FROM sales', order);
      const name = aggregate === 'mean' ? 'avg' : aggregate;
      const measured = aggregate === 'count' ? 'count(*)' : `${name}(ratio) FILTER (WHERE ratio < 1000)`;
      const expected = await rowsOf(`SELECT units, ${measured} FROM sales GROUP BY 1 ORDER BY 1`);
      assert.deepEqual(large.data.points, expected, aggregate);
      const few = await draw('SELECT units, ratio FROM sales WHERE id <= 5000', order);
      const here = await rowsOf(
        `SELECT units, ${measured} FROM sales WHERE id <= 5000 GROUP BY 1 ORDER BY 1`,
      );
      assert.deepEqual(
        few.data.points.map(([x, y]) => [x, Number(y).toFixed(5)]),
        here.map(([x, y]) => [x, Number(y).toFixed(5)]),
        `${aggregate} here`,
      );
    }
  });

  it('rounds times to what the chart has room for', async () => {
    const sql = 'SELECT sold_at, due, region, units FROM sales';
    const order = { kind: 'line', x: 'sold_at', y: 'units', aggregate: 'sum' } as const;
    const byDay = await draw(sql, order);
    assert.equal(byDay.data.fields[0]?.name, 'sold_at (day)');
    assert.equal(byDay.data.points.length, 292);
    const daily = await draw(sql, { ...order, x: 'due', colour: 'region' });
    assert.equal(daily.data.fields[0]?.name, 'due');
    assert.equal(daily.data.points.length, 300);
    assert.equal(daily.data.fields[2]?.name, 'region');
  });

  it('counts bins over the least to the greatest, and loses no row', async () => {
    const { data } = await draw('SELECT ratio FROM sales', {
      kind: 'histogram',
      x: 'ratio',
      aggregate: 'count',
    });
    const total = data.points.reduce((sum, [, count]) => sum + Number(count), 0);
    const [[finite]] = (await rowsOf('SELECT count(*) FROM sales WHERE ratio < 1000')) as [[string]];
    assert.equal(total, Number(finite));
    assert.equal(data.points[0]?.[0], '0');
    assert.ok(data.points.length >= 10 && data.points.length <= 40, `${data.points.length} bins`);
    const here = await draw('SELECT ratio FROM sales WHERE id <= 9000', {
      kind: 'histogram',
      x: 'ratio',
      aggregate: 'count',
    });
    assert.deepEqual(
      here.data.points.map(([from]) => from),
      data.points.map(([from]) => from),
    );
  });

  it('works out boxes, one number, a heat map and a sample', async () => {
    const sql = 'SELECT region, units, due, amount FROM sales';
    const box = await draw(sql, { kind: 'box', x: 'region', y: 'units', aggregate: 'none' });
    assert.deepEqual(
      box.data.points.find(([x]) => x === 'Lima'),
      ['Lima', '0', '3', '6', '9', '12'],
    );
    const here = await draw('SELECT region, units FROM sales WHERE id <= 5200', {
      kind: 'box',
      x: 'region',
      y: 'units',
      aggregate: 'none',
    });
    assert.deepEqual(
      here.data.points.find(([x]) => x === 'Lima'),
      ['Lima', '0', '3', '6', '9', '12'],
    );
    const kpi = await draw(sql, { kind: 'kpi', y: 'units', aggregate: 'none' });
    assert.deepEqual(
      [kpi.chart.aggregate, kpi.data.points],
      ['sum', await rowsOf('SELECT sum(units) FROM sales')],
    );
    const map = await draw(sql, {
      kind: 'heatmap',
      x: 'region',
      y: 'units',
      colour: 'amount',
      aggregate: 'mean',
    });
    assert.equal(map.data.points.length, 4 * 13);
    const scatter = await draw(sql, { kind: 'scatter', x: 'units', y: 'amount', aggregate: 'none' });
    assert.equal(scatter.data.points.length, 2000);
    assert.match(scatter.notes.join(' '), /2,000 rows, drawn at random/);
  });

  it('binds what the statement was given, and its own after that', async () => {
    const { data, ran } = await draw(
      'SELECT ratio AS "a.b[0]", 1 AS "a.b[0]" FROM sales WHERE id > $1::int AND region = $2',
      { kind: 'histogram', x: 'a.b[0]', aggregate: 'count' },
      ['10', 'Lima'],
    );
    assert.match(ran[1] ?? '', /\$3::float8\) \/ \$4::float8/);
    assert.ok(!ran.join('').includes('a.b[0]"]'));
    assert.ok(data.points.length > 5);
  });

  it('groups by what has no equality, and by booleans', async () => {
    const { data } = await draw('SELECT doc, units > 6 AS big FROM sales', {
      kind: 'bar',
      x: 'doc',
      colour: 'big',
      aggregate: 'count',
    });
    assert.equal(data.points.length, 6);
  });

  it('shows the largest of many words, and adds the others up in a pie', async () => {
    const sql = "SELECT 'name ' || id % 3000 AS name, units FROM sales";
    const bars = await draw(sql, { kind: 'bar', x: 'name', y: 'units', aggregate: 'sum' });
    assert.equal(bars.data.points.length, 50);
    assert.match(bars.notes.join(' '), /The 50 largest of 3,000 values of name are shown\./);
    const pie = await draw(sql, { kind: 'pie', x: 'name', y: 'units', aggregate: 'sum' });
    const total = pie.data.points.reduce((sum, [, size]) => sum + Number(size), 0);
    assert.equal(String(total), (await rowsOf('SELECT sum(units) FROM sales'))[0]?.[0]);
    assert.ok(pie.data.points.some(([x]) => x === 'Other (2,992 values)'));
    const more = await draw("SELECT 'n' || id AS name, units FROM sales", {
      kind: 'bar',
      x: 'name',
      aggregate: 'count',
    });
    assert.match(more.notes.join(' '), /Only the first 5,000 groups were read; there are more\./);
  });

  it('proposes for a large result at once, and sums what it would not draw row by row', async () => {
    const answer = await charted('SELECT sold_at, units FROM sales');
    const { chart, data } = await drawChart(answer, undefined, signal);
    assert.deepEqual([chart.kind, chart.aggregate, chart.title], ['line', 'sum', 'units by sold_at']);
    assert.ok(data.points.length > 100 && data.points.length <= 400);
  });

  it('can be cancelled while the server works, and leaves no connection busy', async () => {
    const slow = await charted('SELECT a.id AS units FROM sales AS a CROSS JOIN sales AS b');
    const stop = new AbortController();
    const drawing = drawChart(
      slow,
      { kind: 'kpi', y: { column: 0, name: 'units' }, aggregate: 'sum', title: '' },
      stop.signal,
    );
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(drawing, (error: KhipuError) => error.kind === 'cancelled');
  });

  it('fails in words', async () => {
    const order = { kind: 'bar', x: 'region', y: 'region', aggregate: 'sum' } as const;
    await assert.rejects(draw('SELECT region FROM sales', order), /“region” holds no numbers/);
    await assert.rejects(
      draw('SELECT region FROM sales', { kind: 'bar', aggregate: 'count' }),
      /Choose a column for X\./,
    );
    const broken = await charted('SELECT id FROM sales');
    await assert.rejects(
      drawChart(
        { ...broken, statement: ReadOnlySql.fromText(parser, catalog, 'SELECT 1 / 0') },
        { kind: 'kpi', y: { column: 0, name: 'id' }, aggregate: 'sum', title: '' },
        signal,
      ),
      (error: KhipuError) => error.kind.startsWith('sql'),
    );
  });
});
