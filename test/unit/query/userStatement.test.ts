import assert from 'node:assert/strict';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { indexNames } from '../../../src/query/ground.ts';
import { checkUserStatement, inSource } from '../../../src/query/userStatement.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import { shopCatalog } from './shop.ts';

describe("a user's statement with parameters", () => {
  const names = indexNames(shopCatalog);
  let parser: SqlParser;
  before(async () => {
    parser = await loadParser();
  });
  const check = (sql: string, parameters: Record<string, string | null> = {}) =>
    checkUserStatement({ sql, parameters }, { names, parser });
  const sql = '/* é */ SELECT :what::text, $1::int FROM shop.orders WHERE id > :what::int ;';

  it('is sent in the form of Postgres and shown as it was written', () => {
    const { statement, header } = check(sql, { ':what': '7', $1: null });
    assert.equal(statement.text, 'SELECT $2::text, $1::int FROM shop.orders WHERE id > $2::int');
    assert.deepEqual(statement.values, [null, '7']);
    assert.deepEqual(header, {
      sql: 'SELECT :what::text, $1::int FROM shop.orders WHERE id > :what::int',
      parameters: [
        { name: '$1', value: null },
        { name: ':what', value: '7' },
      ],
    });
    assert.equal(check('SELECT id FROM shop.orders').header, undefined);
  });

  it('is not run without a value for each', () => {
    assert.throws(
      () => check(sql, { $1: '1' }),
      (error: KhipuError) => {
        assert.deepEqual(
          [error.kind, error.message, error.detail.position],
          ['invalid-input', 'There is no value for :what.', sql.indexOf(':what')],
        );
        return true;
      },
    );
  });

  it('is refused and misunderstood at places of the text as it was written', () => {
    for (const [text, kind, at, message] of [
      ['SELECT :a_long_name; DELETE FROM shop.orders', 'refused-by-guard', 'DELETE', /more than one/],
      ['SELECT :a_long_name FROM FROM x', 'sql-syntax', 'FROM x', /at or near "FROM"/],
      ['SELECT 1 FROM :a_long_name', 'sql-syntax', ':a_long', /at or near ":a_long_name"/],
      ['SELECT :a_long_name, pg_read_file($1)', 'refused-by-guard', 'pg_read', /pg_read_file/],
    ] as const) {
      assert.throws(
        () => check(text, { ':a_long_name': '1', $1: '' }),
        (error: KhipuError) => {
          assert.deepEqual(
            [error.kind, error.detail.sql, error.detail.position],
            [kind, text, text.indexOf(at)],
          );
          assert.match(error.message, message);
          return true;
        },
      );
    }
  });

  it('fails on the server in its own words: which parameter, and where', () => {
    const { statement } = check(sql, { ':what': 'x', $1: null });
    const failed = (message: string, detail: object): KhipuError =>
      inSource(new KhipuError('sql-failed', message, { sql: statement.text, ...detail }), sql, statement);
    const value = failed('invalid input syntax for type integer: "x"', { parameter: 2, hasValues: true });
    assert.equal(
      value.message,
      'The value of :what does not fit: invalid input syntax for type integer: "x".',
    );
    assert.deepEqual(
      [value.detail.position, value.detail.sql, value.detail.hasValues],
      [sql.indexOf(':what'), sql, true],
    );
    const untyped = failed('could not determine data type of parameter $2', {
      parameter: 2,
      sqlState: '42P18',
    });
    assert.match(untyped.message, /type of :what: write a cast/);
    const column = failed('column "id" does not exist', { position: statement.text.indexOf('id >') });
    assert.equal(column.detail.position, sql.indexOf('id >'));
  });
});
