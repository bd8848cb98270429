import assert from 'node:assert/strict';
import { clipboardBytes, selectionText } from '../../../src/database/copySelection.ts';
import { inspectCell } from '../../../src/database/inspectCell.ts';
import { selectionFigures } from '../../../src/database/selectionFigures.ts';
import { openResult } from '../../../src/database/execute.ts';
import type { ResultPages } from '../../../src/database/resultPages.ts';
import { leastHold } from './eventLoop.ts';
import { openArena, signal, until, type Arena } from './exportArena.ts';

const million = 1_000_000;

describe('copies of a selection', () => {
  let arena: Arena;
  before(async () => {
    arena = await openArena('SELECT 1');
  });
  after(() => arena.dispose());

  const open = (sql: string, profile: Parameters<Arena['open']>[0] = {}): Promise<ResultPages> =>
    openResult(arena.open(profile), arena.guarded(sql), signal);
  const numbers = (rows: number): string =>
    `SELECT i AS id, 'name ' || i AS name, NULL AS none FROM generate_series(1, ${rows}) AS i`;
  const tsv = { format: 'tsv', header: false } as const;

  for (const singleSession of [false, true]) {
    it(`hold rows that were never looked at${singleSession ? ', on a server of one session' : ''}`, async () => {
      const pages = await open(numbers(20_000), { singleSession });
      const selection = { top: 10_000, bottom: 19_999, columns: [1, 0] };
      const { text = '', cells } = await selectionText(pages, selection, { ...tsv, header: true }, signal);
      const lines = text.split('\n');
      assert.equal(cells, 20_000);
      assert.deepEqual(
        [lines.length, lines[0], lines[1], lines.at(-1)],
        [10_001, 'name\tid', 'name 10001\t10001', 'name 20000\t20000'],
      );
      await pages.close();
    });

    it(`hold long cells whole${singleSession ? ', on a server of one session' : ''}`, async () => {
      const sql = `SELECT i, repeat('😀', 150000) AS long, repeat('z', 20000000) FROM generate_series(1, 3) AS i`;
      const pages = await open(sql, { singleSession });
      const { text = '' } = await selectionText(pages, { top: 1, bottom: 2, columns: [0, 1] }, tsv, signal);
      const long = '😀'.repeat(150_000);
      assert.equal(text, `2\t${long}\n3\t${long}`);
      await pages.close();
    });
  }

  it('are raw for one cell, and quoted for several', async () => {
    const pages = await open(`SELECT '=1 + "x"' || chr(9) AS odd, 2`);
    const one = { top: 0, bottom: 0, columns: [0] };
    assert.deepEqual(await selectionText(pages, one, tsv, signal), { text: '=1 + "x"\t', cells: 1 });
    const row = await selectionText(pages, { ...one, columns: [0, 1] }, tsv, signal);
    assert.equal(row.text, `"'=1 + ""x""\t"\t2`);
    const list = await selectionText(pages, one, { format: 'in-list', header: false }, signal);
    assert.equal(list.text, `('=1 + "x"\t')`);
  });

  it('are refused for cells that are not there', async () => {
    const pages = await open('SELECT 1');
    for (const selection of [
      { top: -1, bottom: 0, columns: [0] },
      { top: 1, bottom: 0, columns: [0] },
      { top: 0, bottom: 0, columns: [1] },
      { top: 0, bottom: 0, columns: [] },
    ])
      await assert.rejects(selectionText(pages, selection, tsv, signal), { kind: 'invalid-input' });
  });

  it('stop at the limit of the clipboard, of a million rows as of one cell, and do not hold the event loop', async function () {
    this.timeout(120_000);
    const pages = await open(numbers(million), { rowCap: million });
    const all = { top: 0, bottom: million - 1, columns: [0, 1, 2] };
    const started = performance.now();
    const held = await leastHold(3, async () => {
      assert.deepEqual(await selectionText(pages, all, tsv, signal), { text: undefined, cells: 0 });
    });
    const ms = (performance.now() - started) / 3;
    console.log(`      select all of 1M rows: refused after ${ms.toFixed(0)} ms, held ${held.toFixed(0)} ms`);
    assert.ok(held < 50);
    assert.deepEqual(await pages.page(999_999, 1, signal), [['1000000', 'name 1000000', null]]);
    await pages.close();
    const huge = await open(`SELECT repeat('x', 60000000) FROM generate_series(1, 2)`);
    const heldByOne = await leastHold(3, async () => {
      const cell = { top: 0, bottom: 1, columns: [0] };
      assert.equal((await selectionText(huge, cell, tsv, signal)).text, undefined);
    });
    assert.ok(heldByOne < 50, `${heldByOne} ms`);
    await huge.close();
  });

  it('may be as large as the limit', async () => {
    const pages = await open(`SELECT repeat('x', ${clipboardBytes})`);
    const one = { top: 0, bottom: 0, columns: [0] };
    assert.equal((await selectionText(pages, one, tsv, signal)).text?.length, clipboardBytes);
    await pages.close();
  });

  it('can be cancelled, and the result goes on', async () => {
    const sql = `SELECT i, (SELECT count(*) FROM generate_series(1, 3000)) FROM generate_series(1, 50000) AS i`;
    const pages = await open(sql);
    const controller = new AbortController();
    const all = { top: 0, bottom: 49_999, columns: [0] };
    const copying = selectionText(pages, all, tsv, controller.signal);
    setImmediate(() => controller.abort());
    await assert.rejects(copying, { kind: 'cancelled' });
    assert.deepEqual((await pages.page(2, 1, signal))[0], ['3', '3000']);
    await pages.close();
    await until(() => arena.connections('busy'), 0);
  });
});

describe('figures of a selection', () => {
  let arena: Arena;
  before(async () => {
    arena = await openArena('SELECT 1');
  });
  after(() => arena.dispose());

  for (const singleSession of [false, true]) {
    it(`are those that the server finds${singleSession ? ', on a server of one session' : ''}`, async () => {
      const rows = `SELECT i AS id, (i * 7919 % 1000003)::numeric / 1000 AS amount, '2024-01-01'::timestamptz + i * interval '61 minutes' AS at,
        CASE WHEN i % 7 = 0 THEN NULL ELSE 9223372036854725000 + i END AS big FROM generate_series(1, 50000) AS i`;
      const pages = await openResult(arena.open({ singleSession }), arena.guarded(rows), signal);
      const asked = [];
      for (const column of [1, 2, 3])
        asked.push(await selectionFigures(pages, [{ top: 0, bottom: 49_999, columns: [column] }], signal));
      const [amounts, times, big] = asked;
      const checked = await openResult(
        arena.open({ singleSession }),
        arena.guarded(
          `SELECT sum(amount), min(amount), max(amount), min(at), max(at), sum(big), count(big) FROM (${rows}) AS r`,
        ),
        signal,
      );
      assert.deepEqual(
        [
          Number(amounts?.numbers?.sum),
          amounts?.least,
          amounts?.greatest,
          times?.least,
          times?.greatest,
          big?.numbers?.sum,
          String(big?.numbers?.count),
        ],
        checked.firstRows[0]?.map((cell, index) => (index === 0 ? Number(cell) : cell)),
      );
      await pages.close();
      await checked.close();
    });
  }

  it('never hold the event loop for long', async () => {
    const pages = await openResult(
      arena.open({}),
      arena.guarded(`SELECT i, i / 3.0, i::float8 / 7, 'x' || i, NULL FROM generate_series(1, 100000) AS i`),
      signal,
    );
    const all = [{ top: 0, bottom: 99_999, columns: [0, 1, 2, 3, 4] }];
    const held = await leastHold(3, () => selectionFigures(pages, all, signal));
    assert.ok(held < 50, `${held.toFixed(0)} ms`);
    await pages.close();
  });

  it('look into a cell up to five megabytes, and say when there is more', async () => {
    const pages = await openResult(
      arena.open({}),
      arena.guarded(`SELECT repeat('é', 2500000), repeat('é', 2500001) || '!', NULL, 'short'`),
      signal,
    );
    const cells = [];
    for (const column of [0, 1, 2, 3]) cells.push(await inspectCell(pages, { row: 0, column }, signal));
    assert.deepEqual(
      cells.map(({ text, cut }) => [text?.length, cut]),
      [
        [2_500_000, false],
        [2_500_000, true],
        [undefined, false],
        [5, false],
      ],
    );
    await assert.rejects(inspectCell(pages, { row: 1, column: 0 }, signal), { kind: 'invalid-input' });
    await pages.close();
  });
});
