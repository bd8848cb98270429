import assert from 'node:assert/strict';
import { openResult } from '../../../src/database/execute.ts';
import type { RowTotal } from '../../../src/shared/resultsProtocol.ts';
import { openArena, signal, until, type Arena } from './exportArena.ts';

const ignore = (): void => undefined;

describe('rows beyond the cap', () => {
  let arena: Arena;
  before(async () => {
    arena = await openArena('CREATE TABLE numbers AS SELECT i AS id FROM generate_series(0, 2499) AS i');
  });
  after(() => arena.dispose());

  for (const singleSession of [false, true]) {
    const where = singleSession ? 'a server of one session' : 'an open cursor';
    it(`are counted and read on demand, from ${where}`, async () => {
      const database = arena.open({ rowCap: 1000, singleSession });
      const sql = 'SELECT id FROM numbers ORDER BY id';
      const pages = await openResult(database, arena.guarded(sql), signal);
      const told: RowTotal[] = [];
      const known = { rows: 1000, complete: false, atCap: true };
      assert.deepEqual(await pages.count((total) => told.push(total), signal), known);
      assert.deepEqual(await pages.page(1000, 5, signal), [], 'nothing beyond the cap yet');
      assert.deepEqual(await pages.more((total) => told.push(total), signal), { ...known, rows: 2000 });
      assert.deepEqual(await pages.page(999, 3, signal), [['999'], ['1000'], ['1001']]);
      assert.deepEqual(await pages.page(1999, 3, signal), [['1999']]);
      assert.deepEqual(await pages.more(ignore, signal), { rows: 2500, complete: true });
      assert.deepEqual(await pages.page(2498, 5, signal), [['2498'], ['2499']]);
      assert.deepEqual(await pages.more(ignore, signal), { rows: 2500, complete: true });
      assert.deepEqual(pages.total, { rows: 2500, complete: true });
      assert.ok(told.every((total, index) => index === 0 || total.rows >= (told[index - 1]?.rows ?? 0)));
      await pages.close();
      await until(() => arena.connections('busy'), 0);
    });

    it(`end exactly at the cap without there being more, from ${where}`, async () => {
      const database = arena.open({ rowCap: 1250, singleSession });
      const pages = await openResult(database, arena.guarded('SELECT id FROM numbers'), signal);
      assert.equal((await pages.count(ignore, signal)).atCap, true);
      assert.deepEqual(await pages.more(ignore, signal), { rows: 2500, complete: true });
      await pages.close();
    });
  }

  it('are there for a cap that is smaller than the first page', async () => {
    const database = arena.open({ rowCap: 10 });
    const pages = await openResult(database, arena.guarded('SELECT id FROM numbers'), signal);
    assert.deepEqual(pages.total, { rows: 10, complete: false, atCap: true });
    assert.deepEqual(await pages.more(ignore, signal), { rows: 20, complete: false, atCap: true });
    await pages.close();
  });

  it('are not put behind rows that are no longer what they were', async () => {
    const database = arena.open({ rowCap: 100, singleSession: true });
    const sql = 'SELECT random() FROM numbers';
    const pages = await openResult(database, arena.guarded(sql), signal);
    await assert.rejects(pages.more(ignore, signal), { kind: 'invalid-input', message: /other rows now/ });
    assert.deepEqual(pages.total, { rows: 100, complete: false, atCap: true });
  });

  it('can be given up while they are counted', async () => {
    const slow = `SELECT id, (SELECT count(*) FROM numbers b WHERE b.id % 7 = a.id % 7) FROM numbers a`;
    const database = arena.open({ rowCap: 600 });
    const pages = await openResult(database, arena.guarded(slow), signal);
    await pages.count(ignore, signal);
    const controller = new AbortController();
    const counting = pages.more(ignore, controller.signal);
    controller.abort();
    await assert.rejects(counting, { kind: 'cancelled' });
    await pages.close();
    await until(() => arena.connections('busy'), 0);
  });
});
