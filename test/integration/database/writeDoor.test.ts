/** The write door against a real server: what is previewed, and that nothing is changed before it is committed. */
import assert from 'node:assert/strict';
import type { KhipuError } from '../../../src/shared/errors.ts';
import { openWriteArena, type Opened, type WriteArena } from './writeArena.ts';
import { signal } from './exportArena.ts';

const digest = `SELECT md5(string_agg(o::text, ',' ORDER BY id)) || (SELECT count(*) FROM shop.audit)
  || (SELECT count(*) FROM shop.lines) || (SELECT count(*) FROM pg_class) FROM shop.orders o`;

describe('the write door', () => {
  let arena: WriteArena;
  let before_: unknown;
  let opened: Opened;
  before(async () => {
    arena = await openWriteArena(`
      CREATE ROLE clerk LOGIN PASSWORD 'clerk';
      GRANT USAGE ON SCHEMA shop TO clerk;
      GRANT UPDATE (note), INSERT ON shop.orders TO clerk;
      GRANT INSERT ON shop.audit TO clerk;
      CREATE TABLE shop.secured (id int, owner text);
      INSERT INTO shop.secured VALUES (1, 'clerk'), (2, 'other');
      ALTER TABLE shop.secured ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON shop.secured FOR SELECT USING (owner = current_user);
      CREATE POLICY all_of_them ON shop.secured FOR UPDATE USING (true);
      GRANT SELECT, UPDATE ON shop.secured TO clerk;`);
    before_ = await arena.value(digest);
  });
  after(() => arena.dispose());
  beforeEach(async () => {
    opened = await arena.begin();
  });
  afterEach(async () => {
    await opened.transaction.rollBack();
    assert.equal(await arena.value(digest), before_, 'a roll back leaves nothing');
  });

  it('previews an UPDATE: how many rows, of which table, and each before and after', async () => {
    const effect = await opened.write(`UPDATE orders SET status = 'paid', total = total + 1 WHERE id <= 3`);
    assert.deepEqual(
      [effect.command, effect.count, effect.table, effect.showsChange],
      ['UPDATE', 3, 'shop.orders', true],
    );
    assert.deepEqual(
      effect.columns.map(({ name, type, change }) => `${name} ${type} ${change ?? ''}`.trim()),
      [
        'id integer',
        'status text before',
        'status text after',
        'total numeric(10,2) before',
        'total numeric(10,2) after',
        'note text',
      ],
    );
    assert.deepEqual(effect.sample[0], ['1', 'open', 'paid', '10.00', '11.00', null]);
    // The trigger ran in the transaction, and nobody else sees it.
    const audit = await opened.write('SELECT count(*) FROM shop.audit');
    assert.deepEqual(
      [audit.command, audit.count, audit.sample, audit.showsChange],
      ['SELECT', 1, [['3']], false],
    );
    assert.equal(await arena.value('SELECT count(*)::int FROM shop.audit'), 0);
  });

  it('binds values apart from the SQL, and says which one does not fit', async () => {
    const statement = arena.seen('UPDATE orders SET note = :note WHERE id <= :last');
    const { transaction } = opened;
    const effect = await transaction.write(statement.bind([`it's $1; DROP TABLE orders`, '2']), signal);
    assert.deepEqual([effect.sql, effect.count], [statement.seenText, 2]);
    assert.deepEqual(effect.parameters?.[1], { name: ':last', value: '2' });
    const notes = await opened.write('SELECT DISTINCT note FROM orders WHERE id <= 2');
    assert.deepEqual(notes.sample, [[`it's $1; DROP TABLE orders`]]);
    await assert.rejects(transaction.write(statement.bind(['x', 'many']), signal), (error: KhipuError) => {
      assert.deepEqual([error.detail.parameter, error.detail.hasValues], [2, true]);
      return error.kind === 'sql-failed';
    });
    await assert.rejects(transaction.write(statement, signal), { kind: 'internal' }, 'without values');
    await transaction.write(statement.bind([null, '1']), signal);
  });

  for (const [what, sql, command, count] of [
    ['INSERT', `INSERT INTO shop.orders VALUES (2001, 'new'), (2002, 'new')`, 'INSERT', 2],
    ['DEFAULT VALUES', `INSERT INTO shop.audit DEFAULT VALUES`, 'INSERT', 1],
    [
      'INSERT … SELECT',
      `INSERT INTO shop.audit (what) SELECT status FROM shop.orders ORDER BY id LIMIT 7`,
      'INSERT',
      7,
    ],
    [
      'ON CONFLICT',
      `INSERT INTO shop.orders VALUES (1, 'x'), (3001, 'y') ON CONFLICT (id) DO UPDATE SET status = excluded.status WHERE orders.id > 0`,
      'INSERT',
      2,
    ],
    ['ON CONFLICT DO NOTHING', `INSERT INTO shop.orders VALUES (1, 'x') ON CONFLICT DO NOTHING`, 'INSERT', 0],
    ['DELETE', `DELETE FROM shop.orders AS o USING shop.audit a WHERE o.id < 0`, 'DELETE', 0],
    ['a comment at the end', `DELETE FROM shop.orders WHERE id = 1000 -- and no more`, 'DELETE', 1],
    [
      'a block comment at the end',
      `DELETE FROM shop.orders WHERE id = 1000 /* RETURNING id */ ;`,
      'DELETE',
      1,
    ],
    [
      'CTEs',
      `WITH few AS (SELECT id FROM shop.orders WHERE id < 5), gone AS (DELETE FROM shop.lines RETURNING 1)
         UPDATE shop.orders AS new SET note = 'n' FROM few AS old WHERE new.id = old.id`,
      'UPDATE',
      4,
    ],
    ['names that are quoted', `UPDATE "shop"."orders" SET "note" = ' RETURNING x' WHERE id = 1`, 'UPDATE', 1],
    [
      'MERGE',
      `MERGE INTO shop.orders o USING (VALUES (1, 'm'), (9000, 'm')) s (id, status) ON o.id = s.id
         WHEN MATCHED THEN UPDATE SET note = s.status WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.status)`,
      'MERGE',
      2,
    ],
  ] as const) {
    it(`finds the place of RETURNING: ${what}`, async () => {
      const effect = await opened.write(sql);
      assert.deepEqual([effect.command, effect.count, effect.sample.length], [command, count, count]);
      assert.ok(effect.columns.length > 0);
      assert.equal(effect.note, undefined);
    });
  }

  it('says what MERGE did with each row', async () => {
    const effect = await opened.write(`MERGE INTO shop.orders o USING (VALUES (1), (9000)) s (i) ON o.id = s.i
      WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.i, 'new')`);
    assert.deepEqual(effect.sample.map(([action]) => action).sort(), ['DELETE', 'INSERT']);
  });

  it("leaves the user's own RETURNING as it is", async () => {
    const effect = await opened.write(
      `UPDATE shop.orders SET note = 'x' WHERE id < 3 RETURNING id * 2 AS twice`,
    );
    assert.deepEqual(
      [effect.columns[0]?.name, effect.sample.length, effect.showsChange],
      ['twice', 2, false],
    );
  });

  it('keeps the first rows of many, and counts the rest', async () => {
    const effect = await opened.write('UPDATE shop.orders SET total = total');
    assert.deepEqual([effect.count, effect.sample.length], [1000, 200]);
  });

  it('runs as it is what gives nothing back: a rule, a table that may not be read, DDL', async () => {
    const ruled = await opened.write('UPDATE shop.ruled SET a = 2');
    assert.deepEqual([ruled.command, ruled.showsChange, ruled.sample], ['UPDATE', false, []]);
    assert.match(ruled.note ?? '', /no sample/);
    assert.equal((await opened.write('SELECT note FROM shop.orders WHERE id = 1')).sample[0]?.[0], 'ruled');
    const made = await opened.write('CREATE TABLE shop.extra (a int)');
    assert.deepEqual([made.command, made.count, made.columns], ['CREATE TABLE', undefined, []]);
    await opened.write('TRUNCATE shop.lines');
    const role = { user: 'clerk' };
    const clerk = arena.open({ ...role, access: 'write' }, { password: () => Promise.resolve('clerk') });
    const other = await arena.begin('write', 60_000, clerk);
    const blind = await other.write(`INSERT INTO shop.audit (what) VALUES ('x')`);
    assert.deepEqual([blind.count, blind.sample], [1, []]);
    assert.match(blind.note ?? '', /no sample/);
    await other.transaction.rollBack();
    await clerk.dispose();
  });

  it('adds no RETURNING where row-level security would then reach other rows', async () => {
    const clerk = arena.open(
      { user: 'clerk', access: 'write' },
      { password: () => Promise.resolve('clerk') },
    );
    const other = await arena.begin('write', 60_000, clerk);
    const effect = await other.write(`UPDATE shop.secured SET owner = 'mine'`);
    assert.deepEqual([effect.count, effect.sample], [2, []], 'with RETURNING it would be 1');
    assert.match(effect.note ?? '', /Row-level security/);
    await other.transaction.rollBack();
    await clerk.dispose();
    // A view could read such a table.
    const view = await opened.write(`UPDATE shop.open_orders SET status = 'paid' WHERE id < 3`);
    assert.deepEqual([view.count, view.sample], [2, []]);
    assert.match(view.note ?? '', /Row-level security/);
  });

  it('takes back only the statement that failed, and says where it failed', async () => {
    await opened.write(`UPDATE shop.orders SET note = 'kept' WHERE id = 1`);
    const sql = `UPDATE shop.orders SET nowhere = 1`;
    await assert.rejects(opened.write(sql), (error: { kind: string; detail: { position?: number } }) => {
      assert.equal(error.kind, 'sql-failed');
      assert.equal(error.detail.position, sql.indexOf('nowhere'));
      return true;
    });
    await assert.rejects(opened.write(`INSERT INTO shop.orders VALUES (1, 'twice')`), { kind: 'sql-failed' });
    assert.equal((await opened.write('SELECT note FROM shop.orders WHERE id = 1')).sample[0]?.[0], 'kept');
    assert.equal(opened.transaction.statements, 2);
    assert.ok(opened.transaction.isOpen);
  });

  it('says that another transaction holds the lock, after a moment', async () => {
    const other = await arena.begin();
    await other.write('UPDATE shop.orders SET note = 1 WHERE id = 5');
    await opened.write('SET LOCAL lock_timeout = 50');
    await assert.rejects(opened.write('UPDATE shop.orders SET note = 2 WHERE id = 5'), {
      kind: 'sql-failed',
      message: /^Another transaction holds a lock that this statement needs/,
    });
    await other.transaction.rollBack();
    assert.equal((await opened.write('UPDATE shop.orders SET note = 2 WHERE id = 5')).count, 1);
  });

  it('cancels a statement, and the transaction goes on', async () => {
    await opened.write(`UPDATE shop.orders SET note = 'kept' WHERE id = 1`);
    const controller = new AbortController();
    const running = opened.write('SELECT pg_sleep(600)', controller.signal);
    running.catch(() => undefined);
    while (
      (await arena.value(
        `SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'`,
      )) !== 1
    );
    controller.abort();
    await assert.rejects(running, { kind: 'cancelled' });
    assert.equal((await opened.write('SELECT note FROM shop.orders WHERE id = 1')).sample[0]?.[0], 'kept');
  });

  it('stops what runs when it is rolled back', async () => {
    const running = opened.write('SELECT pg_sleep(600)');
    running.catch(() => undefined);
    while (
      (await arena.value(
        `SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'`,
      )) !== 1
    );
    await opened.transaction.rollBack();
    await assert.rejects(running, { kind: 'cancelled' });
    assert.deepEqual(opened.endings, [{ how: 'rolled-back' }]);
  });

  it('takes one statement by the extended protocol, whatever the parser says', async () => {
    assert.throws(() => opened.write('UPDATE shop.orders SET note = 1; DROP TABLE shop.orders'), {
      kind: 'write-refused',
    });
    await opened.write('SET LOCAL standard_conforming_strings = off');
    // To the grammar one literal; to such a server a literal, a semicolon and a second statement.
    await assert.rejects(opened.write(`SELECT 'a\\''; DROP TABLE shop.orders; --'`), { kind: 'sql-syntax' });
  });

  it('refuses what did not come through it', () => {
    const { transaction } = opened;
    const fake = { text: 'DROP TABLE shop.orders' } as unknown as Parameters<typeof transaction.write>[0];
    assert.throws(() => transaction.write(fake, signal), { kind: 'internal' });
  });
});
