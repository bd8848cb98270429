import assert from 'node:assert/strict';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { checkStatement } from '../../../src/query/checkStatement.ts';
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
