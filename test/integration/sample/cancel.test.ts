/** The sample knows no CancelRequest: a cancel starts its process anew, and the next question works. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { openResult } from '../../../src/database/execute.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { loadParser } from '../../../src/database/parse.ts';
import { sampleProfileId } from '../../../src/sample/profileId.ts';
import { never, partsOver, type AskedParts } from '../query/askedParts.ts';

describe('cancel on the sample', function () {
  this.timeout(120_000);
  let parts: AskedParts;
  before(async () => {
    parts = await partsOver('postgres://nobody@127.0.0.1:1/nowhere');
  });
  after(async () => {
    await parts.dispose();
    await rm(parts.storage, { recursive: true, force: true });
  });

  const run = async (sql: string, signal: AbortSignal) => {
    const { database, catalog } = await parts.connections.connect(sampleProfileId, never);
    return openResult(database, ReadOnlySql.fromText(await loadParser(), catalog, sql), signal);
  };

  it('lets the user go, restarts the process, and answers what is asked next', async () => {
    await run('SELECT 1', never);
    const controller = new AbortController();
    const endless = run(
      'SELECT count(*) FROM shop.orders a, shop.orders b, shop.orders c, shop.orders d',
      controller.signal,
    );
    setTimeout(() => controller.abort(), 500); // there is nobody to say that it runs: the one session is taken
    const started = performance.now();
    await assert.rejects(endless, { kind: 'cancelled' });
    console.log(`      let go after ${(performance.now() - started - 500).toFixed(0)} ms`);
    const { firstRows } = await run('SELECT count(*) > 0 FROM shop.orders', never);
    assert.deepEqual(firstRows, [['t']]);
  });

  it('gives more rows than its cap, cells whole, and copies, without an open transaction', async () => {
    const rows = await run(
      `SELECT i, CASE WHEN i = 3 THEN repeat('é', 150000) END FROM generate_series(1, 100500) AS i`,
      never,
    );
    assert.deepEqual(rows.total, { rows: 100_000, complete: false, atCap: true });
    assert.deepEqual(await rows.more(() => undefined, never), { rows: 100_500, complete: true });
    assert.deepEqual(await rows.page(100_499, 1, never), [['100500', null]]);
    const parts: Buffer[] = [];
    const onPart = (part: Buffer): undefined => void parts.push(Buffer.from(part));
    assert.ok(await rows.cell({ row: 2, column: 1 }, onPart, never));
    assert.equal(Buffer.concat(parts).toString(), 'é'.repeat(150_000));
    const { firstRows } = await run('SELECT 1', never);
    assert.deepEqual(firstRows, [['1']], 'the one session is free');
  });
});
