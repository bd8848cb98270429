/** Transactions of a user against a real server: how they end, and what is left whichever way that is. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openResult } from '../../../src/database/execute.ts';
import type { KhipuError } from '../../../src/shared/errors.ts';
import { signal } from './exportArena.ts';
import { startProxy } from './silentProxy.ts';
import { openWriteArena, type Opened, type WriteArena } from './writeArena.ts';

const paid = `SELECT count(*)::int FROM shop.orders WHERE status = 'paid'`;
const busy = `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'Khipu' AND xact_start IS NOT NULL`;

describe('a transaction of the user', () => {
  let arena: WriteArena;
  before(async () => {
    arena = await openWriteArena(`
      CREATE FUNCTION shop.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;
      CREATE TABLE shop.slow (a int);
      CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON shop.slow DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION shop.slow();
      CREATE FUNCTION shop.sneaky() RETURNS int STABLE LANGUAGE sql AS $$ DELETE FROM shop.lines; SELECT 1 $$;`);
  });
  after(() => arena.dispose());
  afterEach(async () => {
    await arena.rollBackAll();
    await arena.server.run(
      `UPDATE shop.orders SET status = 'open', note = NULL WHERE status <> 'open' OR note IS NOT NULL`,
    );
    while ((await arena.value(busy)) !== 0);
  });

  const pay = (opened: Opened, ids = '1, 2, 3'): ReturnType<Opened['write']> =>
    opened.write(`UPDATE shop.orders SET status = 'paid' WHERE id IN (${ids})`);

  it('changes what it is told once it is committed, and nothing of the session outlives it', async () => {
    const opened = await arena.begin();
    await pay(opened);
    await opened.write('CREATE TEMP TABLE leftover (a int)');
    await opened.write(`SET search_path = pg_catalog`);
    await opened.write(`SELECT pg_advisory_lock(4711)`);
    assert.equal(await arena.value(paid), 0);
    await opened.transaction.commit();
    assert.equal(await arena.value(paid), 3);
    assert.deepEqual(opened.endings, [{ how: 'committed' }]);
    while ((await arena.value(`SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'`)) !== 0);
    await assert.rejects(opened.transaction.commit(), {
      message: 'The transaction has ended: it was committed.',
    });
  });

  it('tells of a deferred constraint that fails at the commit, and everything is rolled back', async () => {
    const opened = await arena.begin();
    await pay(opened);
    await opened.write(`INSERT INTO shop.lines VALUES (77777, 'of no order')`);
    await assert.rejects(opened.transaction.commit(), ({ kind, message, detail }: KhipuError) => {
      assert.deepEqual([kind, detail.sqlState], ['sql-failed', '23503']);
      assert.match(message, /violates foreign key constraint/);
      assert.match(detail.hint ?? '', /Everything was rolled back\.$/);
      return true;
    });
    assert.equal(opened.endings[0]?.how, 'rolled-back');
    assert.deepEqual(
      [await arena.value(paid), await arena.value('SELECT count(*)::int FROM shop.lines')],
      [0, 0],
    );
  });

  it('is rolled back when its connections are closed, also while a statement runs', async () => {
    const database = arena.openWritable();
    const opened = await arena.begin('write', 60_000, database);
    await pay(opened);
    const running = opened.write('SELECT pg_sleep(600)');
    running.catch(() => undefined);
    while (
      (await arena.value(
        `SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'`,
      )) !== 1
    );
    await database.dispose();
    await assert.rejects(running, { kind: 'connection-lost' });
    const [ending] = opened.endings;
    assert.match(ending?.error?.message ?? '', /was disconnected: the transaction was rolled back\.$/);
    while ((await arena.value(busy)) !== 0);
    assert.equal(await arena.value(paid), 0);
    await assert.rejects(opened.transaction.commit(), { kind: 'connection-lost' });
  });

  it('is rolled back by the server when nobody does anything, and the reason is told', async () => {
    const told = Promise.withResolvers<KhipuError | undefined>();
    const opened = await arena.begin('write', 300);
    await pay(opened);
    const push = opened.endings.push.bind(opened.endings);
    opened.endings.push = (...endings) => {
      told.resolve(endings[0]?.error);
      return push(...endings);
    };
    assert.match(
      (await told.promise)?.message ?? '',
      /idle-in-transaction timeout: the transaction was rolled back\.$/,
    );
    await assert.rejects(opened.transaction.commit(), {
      kind: 'connection-lost',
      message: /idle-in-transaction/,
    });
    assert.equal(await arena.value(paid), 0);
  });

  it('does not claim to know what became of a commit whose connection died', async () => {
    const proxy = await startProxy(arena.server.port);
    try {
      const database = arena.openWritable({ port: proxy.port, statementTimeoutMs: 500 });
      const opened = await arena.begin('write', 60_000, database);
      await pay(opened);
      const { transaction } = opened;
      // The way to the server is cut just when COMMIT is on it: what is asked for before it still answers.
      const cut = proxy.cutAfter('COMMIT');
      const committing = transaction.commit();
      committing.catch(() => undefined);
      await cut;
      await assert.rejects(committing, ({ kind, message, detail }: KhipuError) => {
        assert.equal(kind, 'outcome-unknown');
        assert.match(message, /not known whether/);
        assert.match(detail.hint ?? '', /SELECT pg_xact_status\('\d+'\)/);
        return true;
      });
      assert.equal(opened.endings[0]?.how, 'unknown');
      // And indeed it was committed: only the answer did not come back.
      while ((await arena.value(paid)) !== 3);
      await database.dispose();
    } finally {
      await proxy.dispose();
    }
  });

  it('does not claim it either when the server dies while it commits', async () => {
    const opened = await arena.begin();
    await pay(opened);
    await opened.write('INSERT INTO shop.slow VALUES (1)');
    const committing = opened.transaction.commit();
    committing.catch(() => undefined);
    while (
      (await arena.value(
        `SELECT count(*)::int FROM pg_stat_activity WHERE query = 'COMMIT' AND wait_event = 'PgSleep'`,
      )) !== 1
    );
    await arena.server.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'COMMIT'`);
    await assert.rejects(committing, { kind: 'outcome-unknown' });
    assert.equal(await arena.value(paid), 0);
  });

  it('is gone with a server that is killed', async () => {
    const opened = await arena.begin();
    await pay(opened);
    const told = (await arena.server.run('SHOW data_directory')) as { rows: { data_directory: string }[] };
    const [pid = ''] = (await readFile(join(told.rows[0]!.data_directory, 'postmaster.pid'), 'utf8')).split(
      '\n',
    );
    process.kill(Number(pid), 'SIGKILL');
    while (opened.endings.length === 0) await opened.write('SELECT 1').catch(() => undefined);
    assert.equal(opened.endings[0]?.how, 'rolled-back');
    for (;;) {
      try {
        await arena.server.start();
        break;
      } catch {
        continue; // what the killed server left behind still ends
      }
    }
    assert.equal(await arena.value(paid), 0);
  });

  it('reads its own changes page by page, with other statements in between', async () => {
    const opened = await arena.begin();
    await pay(opened);
    const statement = arena.guarded(`SELECT id, status FROM shop.orders ORDER BY status DESC, id`);
    const pages = await opened.transaction.read(statement, signal);
    const whole = await opened.transaction.read(arena.guarded(paid), signal);
    assert.deepEqual(
      [pages.firstRows.length, pages.firstRows[2], whole.firstRows],
      [500, ['3', 'paid'], [['3']]],
    );
    await pay(opened, '4');
    const [second, outside] = await Promise.all([
      pages.page(990, 20, signal),
      openResult(arena.writable, arena.guarded(paid), signal),
    ]);
    assert.deepEqual([second.length, outside.firstRows], [10, [['0']]]);
    assert.deepEqual(await pages.count(() => undefined, signal), { rows: 1000, complete: true });
    await pages.close();
    assert.equal(
      (await opened.write('SELECT count(*) FROM pg_cursors WHERE name <> $$$$')).sample[0]?.[0],
      '0',
    );
    assert.ok(opened.transaction.isOpen, 'closing a result does not end it');
    await opened.transaction.rollBack();
  });

  it('reads read only, though the transaction writes', async () => {
    const opened = await arena.begin();
    // When the catalog was read the function was STABLE, so that the guard lets the call pass.
    const statement = arena.guarded('SELECT shop.sneaky()');
    await opened.write('ALTER FUNCTION shop.sneaky() VOLATILE');
    await assert.rejects(opened.transaction.read(statement, signal), {
      message: 'cannot execute DELETE in a read-only transaction',
    });
    assert.equal(
      (await opened.write('DELETE FROM shop.lines')).count,
      0,
      'and after it the transaction writes again',
    );
    await opened.transaction.rollBack();
  });

  it('keeps a result that fails on a later page from ending it', async () => {
    const opened = await arena.begin();
    await pay(opened);
    const failing = arena.guarded('SELECT 1 / (900 - id) FROM shop.orders ORDER BY 1');
    const lazily = arena.guarded('SELECT 1 / (900 - i) FROM generate_series(1, 100000) AS i');
    await assert.rejects(opened.transaction.read(failing, signal), { kind: 'sql-failed' });
    const pages = await opened.transaction.read(lazily, signal);
    await assert.rejects(pages.page(890, 50, signal), { kind: 'sql-failed', message: 'division by zero' });
    await pages.close();
    assert.deepEqual((await opened.transaction.read(arena.guarded(paid), signal)).firstRows, [['3']]);
    await opened.transaction.commit();
    assert.equal(await arena.value(paid), 3);
  });

  it('of a connection for reading is a stable snapshot, which cannot write', async () => {
    const opened = await arena.begin('read', 60_000, arena.database);
    const count = async (): Promise<unknown> =>
      (await opened.transaction.read(arena.guarded(paid), signal)).firstRows[0]?.[0];
    assert.equal(await count(), '0');
    await arena.server.run(`UPDATE shop.orders SET status = 'paid' WHERE id < 8`);
    assert.equal(await count(), '0');
    assert.throws(() => opened.write('DELETE FROM shop.orders'), { kind: 'internal' });
    await opened.transaction.commit();
    await assert.rejects(arena.begin('write', 60_000, arena.database), {
      kind: 'write-refused',
      message: /is a connection for reading only\.$/,
    });
  });

  it('is refused where one session serves all', async () => {
    const sample = arena.openWritable({ singleSession: true });
    for (const mode of ['read', 'write'] as const)
      await assert.rejects(arena.begin(mode, 60_000, sample), {
        kind: 'write-refused',
        message: /one session/,
      });
  });
});
