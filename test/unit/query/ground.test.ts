import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { ground, indexNames } from '../../../src/query/ground.ts';
import { shopCatalog } from './shop.ts';
import { knownNames, unknownNames, unmark } from './statements.ts';

describe('ground', () => {
  const names = indexNames(shopCatalog);
  let parser: SqlParser;
  before(async () => {
    parser = await loadParser();
  });

  for (const sql of knownNames) {
    it(`knows the names of ${sql}`, () => {
      assert.equal(parser.parse(sql).ok, true);
      assert.deepEqual(ground(parser, names, sql).findings, []);
    });
  }

  for (const [marked, what, first] of unknownNames) {
    it(`finds ${marked}`, () => {
      const { sql, position, name } = unmark(marked);
      const { findings } = ground(parser, names, sql);
      assert.equal(findings.length, 1, JSON.stringify(findings));
      const [finding] = findings;
      assert.deepEqual(
        { what: finding?.what, position: finding?.position, first: finding?.candidates[0] },
        { what, position, first },
      );
      const written = (text: string): string =>
        (what === 'function' ? text.toLowerCase() : text).replaceAll('"', '').replace(/\.\*$/, '');
      assert.equal(finding?.name, written(name) === 'pg_clas' ? 'pg_clas.oid' : written(name));
    });
  }

  it('finds every unknown name, in the order in which they are looked up', () => {
    const { findings } = ground(parser, names, 'SELECT totl, stat FROM ordrs, orders');
    assert.deepEqual(
      findings.map(({ name, what }) => `${what} ${name}`),
      ['table ordrs'], // what the unknown table has cannot be known, so neither column is blamed
    );
    assert.deepEqual(
      ground(parser, names, 'SELECT totl, stats FROM orders').findings.map(({ name }) => name),
      ['totl', 'stats'],
    );
  });

  it('offers at most three names, the likeliest first', () => {
    const candidates = (sql: string): readonly string[] => ground(parser, names, sql).findings[0]!.candidates;
    assert.deepEqual(candidates('SELECT 1 FROM sales.orders'), [
      'hr.orders',
      'shop.orders',
      'shop.Order Notes',
    ]);
    assert.deepEqual(candidates('SELECT 1 FROM order_line'), [
      'shop.order_lines',
      'shop.Order Notes',
      'shop.order_totals',
    ]);
    // What the schema has goes before what is nearer elsewhere.
    assert.deepEqual(candidates('SELECT 1 FROM hr.ordres').slice(0, 2), ['hr.orders', 'shop.orders']);
  });

  it('lists the relations that are read, each once, schema-qualified, in the order of their mention', () => {
    const tables = (sql: string): readonly string[] => ground(parser, names, sql).tables;
    assert.deepEqual(
      tables(
        'WITH t AS (SELECT * FROM hr.orders) SELECT (SELECT max(id) FROM products) FROM t, orders, orders o',
      ),
      ['hr.orders', 'shop.orders', 'shop.products'],
    );
    assert.deepEqual(tables('SELECT relname FROM pg_class'), []);
    assert.deepEqual(tables('SELECT 1'), []);
  });

  it('says nothing of what does not parse or is no query', () => {
    for (const sql of ['SELECT FROM WHERE', '', 'DELETE FROM nowhere', 'SHOW search_path']) {
      assert.deepEqual(ground(parser, names, sql), { tables: [], findings: [] });
    }
  });

  it('follows the search path', () => {
    const elsewhere = indexNames({ ...shopCatalog, searchPath: ['pg_catalog', 'hr', 'information_schema'] });
    assert.deepEqual(ground(parser, elsewhere, 'SELECT signed_by FROM orders').tables, ['hr.orders']);
    assert.deepEqual(ground(parser, elsewhere, 'SELECT column_name FROM columns').findings, []);
    assert.equal(
      ground(parser, elsewhere, 'SELECT 1 FROM customers').findings[0]?.candidates[0],
      'shop.customers',
    );
  });

  it('catches one wrong letter in any column of any table, and names the right one first', () => {
    const columns = shopCatalog.relations.flatMap((relation) =>
      relation.columns
        .filter(({ name }) => /^[a-z_]{4,}$/.test(name))
        .map(({ name }) => ({ relation, name })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...columns), fc.nat(), ({ relation, name }, at) => {
        const cut = at % name.length;
        const wrong = name.slice(0, cut) + name.slice(cut + 1);
        fc.pre(!relation.columns.some((column) => column.name === wrong) && wrong !== relation.name);
        const sql = `SELECT "${wrong}" FROM ${relation.schema}."${relation.name}"`;
        const [finding] = ground(parser, names, sql).findings;
        assert.equal(finding?.candidates[0], name);
      }),
    );
  });
});
