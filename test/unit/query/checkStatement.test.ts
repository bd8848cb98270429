import assert from 'node:assert/strict';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { checkStatement, checkWholly } from '../../../src/query/checkStatement.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import { scriptedWorld } from './scriptedWorld.ts';

const good = 'SELECT count(*) FROM shop.orders';

describe('checkStatement', () => {
  it('judges a text and tells what its names are', async () => {
    const world = await scriptedWorld([]);
    const { statement, tables, findings } = checkStatement(' SELECT totl FROM orders ; ', world);
    assert.ok(ReadOnlySql.is(statement));
    assert.equal(statement.text, 'SELECT totl FROM orders');
    assert.deepEqual([tables, findings.map(({ name }) => name)], [['shop.orders'], ['totl']]);
  });

  const thrownBy = (work: () => unknown): KhipuError => {
    try {
      work();
    } catch (error) {
      assert.ok(error instanceof KhipuError, String(error));
      return error;
    }
    return assert.fail('nothing was thrown');
  };

  it('knows which function was meant where the server has none of that name', async () => {
    const world = await scriptedWorld([]);
    const sql = "SELECT group_concat(name, ',') FROM shop.customers";
    const wholly = thrownBy(() => checkWholly(sql, world));
    assert.equal(wholly.kind, 'unknown-name');
    assert.equal(wholly.message, 'There is no function group_concat. Near names: string_agg.');
    assert.deepEqual([wholly.detail.subject, wholly.detail.position], ['group_concat', 7]);
    // What the user wrote may name a function that is new: the guard's own words stay.
    const typed = thrownBy(() => checkStatement(sql, world));
    assert.equal(typed.kind, 'refused-by-guard');
    assert.match(typed.message, /refresh the schema/);
    assert.deepEqual(typed.detail.candidates, ['string_agg']);
  });

  it('leaves to the guard what it refuses for another reason', async () => {
    const world = await scriptedWorld([]);
    for (const sql of [
      'SELECT pg_read_file($$x$$)',
      'SELECT dblink($$x$$)',
      'SELECT pg_sleep(1), unheard_of(1)',
      'DELETE FROM shop.orders WHERE lenght(status) = 1',
    ]) {
      const { kind, detail } = thrownBy(() => checkWholly(sql, world));
      assert.deepEqual([kind, detail.candidates], ['refused-by-guard', undefined], sql);
    }
  });

  it('tells what an ambiguous column could be', async () => {
    const world = await scriptedWorld([]);
    const sql = 'SELECT id FROM shop.customers c, shop.orders o';
    assert.equal(
      thrownBy(() => checkWholly(sql, world)).message,
      'The column id is in several tables: c.id, o.id.',
    );
  });

  it('refuses what is nested deeper than it can be looked through, and stays usable', async () => {
    const world = await scriptedWorld([]);
    const nested: ((depth: number) => string)[] = [
      (depth) => `SELECT ${'('.repeat(depth)}id + 1${')'.repeat(depth)} FROM shop.orders`,
      (depth) => `SELECT ${'- '.repeat(depth)}id FROM shop.orders`,
      (depth) => `SELECT id FROM shop.orders WHERE ${'NOT '.repeat(depth)}true`,
      (depth) => `SELECT ${'lower('.repeat(depth)}name${')'.repeat(depth)} FROM shop.customers`,
      (depth) => `SELECT ${'CASE WHEN true THEN 1 ELSE '.repeat(depth)}1${' END'.repeat(depth)}`,
      (depth) => `SELECT ${'(SELECT '.repeat(depth)}1${')'.repeat(depth)}`,
      (depth) => `${'SELECT * FROM ('.repeat(depth)}SELECT 1${') s'.repeat(depth)}`,
      (depth) => `SELECT id FROM shop.orders${' UNION SELECT 1'.repeat(depth)}`,
      (depth) => `SELECT 1${' + 1'.repeat(depth)}`,
      (depth) => `SELECT 1::int${'::int'.repeat(depth)}`,
    ];
    const refusals = new Set<string>();
    for (const make of nested) {
      for (const depth of [1000, 7500]) {
        const sql = make(depth);
        try {
          checkStatement(sql, world);
        } catch (error) {
          assert.ok(error instanceof KhipuError, `${String(error)} at ${depth}: ${sql.slice(0, 60)}`);
          assert.ok(['refused-by-guard', 'sql-syntax'].includes(error.kind), error.kind);
          assert.match(error.message, /nested too deeply|memory exhausted/); // of ours, or of Postgres's grammar
          refusals.add(error.message);
        }
        await world.parser.ready();
        assert.equal(checkStatement(good, world).tables.length, 1);
      }
    }
    assert.ok(refusals.has('The statement is nested too deeply.'), [...refusals].join());
  });
});
