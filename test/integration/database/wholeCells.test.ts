import assert from 'node:assert/strict';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cellForm, writeCell } from '../../../src/database/cellFile.ts';
import { openResult } from '../../../src/database/execute.ts';
import type { ResultPages } from '../../../src/database/resultPages.ts';
import { leastHold } from './eventLoop.ts';
import { openArena, signal, until, type Arena } from './exportArena.ts';

const megabytes50 = 52_428_800;

describe('cells opened whole', () => {
  let arena: Arena;
  before(async () => {
    arena = await openArena('CREATE TABLE changing AS SELECT i AS id FROM generate_series(1, 3) AS i');
  });
  after(() => arena.dispose());

  /** On a server of one session too, where nothing stays open and the statement runs again. */
  const onBoth = async (sql: string, test: (pages: ResultPages) => Promise<void>): Promise<void> => {
    for (const singleSession of [false, true]) {
      const database = arena.open({ singleSession });
      const pages = await openResult(database, arena.guarded(sql), signal);
      await test(pages);
      await pages.close();
      await database.dispose();
    }
    await until(() => arena.connections('busy'), 0);
  };

  const cellText = async (pages: ResultPages, row: number, column: number): Promise<string | null> => {
    const parts: Buffer[] = [];
    const onPart = (part: Buffer): undefined => void parts.push(Buffer.from(part));
    const found = await pages.cell({ row, column }, onPart, signal);
    return found ? Buffer.concat(parts).toString() : null;
  };

  it('come as the server has them: long, short, empty and NULL', async () => {
    const sql = `SELECT i, repeat('é😀', 100000), '', NULL, '{"a": 1}'::jsonb FROM generate_series(1, 3) AS i`;
    await onBoth(sql, async (pages) => {
      assert.match(pages.firstRows[1]?.[1] ?? '', /… 300,000 characters$/);
      assert.equal(await cellText(pages, 1, 1), 'é😀'.repeat(100_000));
      assert.equal(await cellText(pages, 2, 0), '3');
      assert.equal(await cellText(pages, 0, 2), '');
      assert.equal(await cellText(pages, 0, 3), null);
      assert.equal(await cellText(pages, 0, 4), '{"a": 1}');
      await assert.rejects(cellText(pages, 3, 0), /(no row 4|other rows)/);
      assert.equal((await pages.page(0, 10, signal)).length, 3, 'the result goes on');
    });
  });

  it('keep their row count and connection: a small result with a long cell is freed when it is closed', async () => {
    const sql = `SELECT repeat('x', 100001)`;
    const pages = await openResult(arena.database, arena.guarded(sql), signal);
    assert.deepEqual(pages.total, { rows: 1, complete: true });
    assert.deepEqual(await pages.count(() => undefined, signal), { rows: 1, complete: true });
    assert.equal(await arena.connections('busy'), 1);
    await pages.close();
    assert.equal(await arena.connections('busy'), 0);
    await assert.rejects(cellText(pages, 0, 0), { kind: 'connection-lost' });
  });

  it('are shown, and written to a file, 50 MB of them, without holding the event loop', async function () {
    this.timeout(120_000);
    const sql = `SELECT repeat('aé日', ${Math.floor(megabytes50 / 6)}), 1, repeat('y', 60000000)`;
    const file = join(arena.folder, 'big.txt');
    await onBoth(sql, async (pages) => {
      const holds = {
        shown: await leastHold(3, () => pages.page(0, 1, signal)),
        written: await leastHold(3, () => writeCell(pages, { row: 0, column: 0 }, file, false, signal)),
      };
      console.log(
        `      50 MB cell: shown ${holds.shown.toFixed(0)} ms, written ${holds.written.toFixed(0)} ms held`,
      );
      assert.ok(holds.shown < 50 && holds.written < 50);
    });
    const written = await open(file);
    const { size } = await written.stat();
    const end = Buffer.alloc(6);
    await written.read(end, 0, 6, size - 6);
    await written.close();
    assert.equal(size, Math.floor(megabytes50 / 6) * 6);
    assert.equal(end.toString(), 'aé日');
  });

  it('are written with JSON laid out or as it is, and a NULL leaves no file', async () => {
    const sql = `SELECT '{"a": [1, 9007199254740993], "b": {}}'::json, NULL::json`;
    const pages = await openResult(arena.database, arena.guarded(sql), signal);
    const [column] = pages.columns;
    assert.deepEqual(cellForm(column!, '{"a"'), { extension: '.json', isJson: true });
    const file = join(arena.folder, 'cell.json');
    assert.ok(await writeCell(pages, { row: 0, column: 0 }, file, true, signal));
    const laidOut = '{\n  "a": [\n    1,\n    9007199254740993\n  ],\n  "b": {}\n}';
    assert.equal(await readFile(file, 'utf8'), laidOut);
    assert.ok(await writeCell(pages, { row: 0, column: 0 }, file, false, signal));
    assert.equal(await readFile(file, 'utf8'), '{"a": [1, 9007199254740993], "b": {}}');
    const none = join(arena.folder, 'none.json');
    assert.equal(await writeCell(pages, { row: 0, column: 1 }, none, true, signal), false);
    assert.ok(!(await arena.files()).some((name) => name.includes('none')));
  });

  it('can be given up, which leaves no file, and the result goes on', async () => {
    const sql = `SELECT repeat('x', ${megabytes50}) FROM generate_series(1, 2)`;
    await onBoth(sql, async (pages) => {
      const controller = new AbortController();
      const parts = { count: 0 };
      const stopping = pages.cell(
        { row: 1, column: 0 },
        () => {
          if (parts.count++ === 3) controller.abort();
          return undefined;
        },
        controller.signal,
      );
      await assert.rejects(stopping, { kind: 'cancelled' });
      const file = join(arena.folder, 'given-up.txt');
      const again = writeCell(pages, { row: 0, column: 0 }, file, false, AbortSignal.abort());
      await assert.rejects(again, { kind: 'cancelled' });
      assert.equal((await cellText(pages, 0, 0))?.length, megabytes50);
    });
    assert.ok(!(await arena.files()).some((name) => name.includes('given-up')));
  });

  it('are not taken from another row, when a statement that runs again gives other rows', async () => {
    const database = arena.open({ singleSession: true });
    const pages = await openResult(database, arena.guarded('SELECT * FROM changing ORDER BY id'), signal);
    await arena.server.run('DELETE FROM changing WHERE id = 1');
    await assert.rejects(cellText(pages, 1, 0), {
      kind: 'invalid-input',
      message: 'The statement gives other rows now than it gave before. Run it again.',
    });
  });

  it('tell by type and beginning how they are opened', () => {
    const named = (type: string, beginning: string) =>
      cellForm({ name: 'c', type, align: 'left' }, beginning).extension;
    assert.deepEqual(
      [
        named('text', ' {"a": 1'),
        named('text', '[1, 2]'),
        named('text', '[see below] a note'),
        named('xml', '<a>'),
      ],
      ['.json', '.json', '.txt', '.xml'],
    );
  });
});
