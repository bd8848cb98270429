import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pairChanges } from '../../../src/database/beforeAfter.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { WriteSql } from '../../../src/database/writeDoor.ts';
import { readTag } from '../../../src/database/writeEffect.ts';
import type { KhipuError } from '../../../src/shared/errors.ts';
import type { ResultColumn } from '../../../src/shared/resultsProtocol.ts';

const postgres18 = 180_000;

describe('WriteSql', () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadParser();
  });
  const seen = (sql: string): WriteSql => WriteSql.fromSeenText(parser, sql);
  const refusal = (sql: string): KhipuError => {
    try {
      seen(sql);
    } catch (error) {
      return error as KhipuError;
    }
    throw new Error(`${sql} was let through`);
  };

  for (const [sql, reason] of [
    ['BEGIN', /begins and ends the transaction itself/],
    ['START TRANSACTION READ ONLY', /begins and ends/],
    ['COMMIT AND CHAIN', /begins and ends/],
    ['END', /begins and ends/],
    ['ROLLBACK', /begins and ends/],
    ['ABORT', /begins and ends/],
    ['SAVEPOINT khipu', /savepoint before each statement itself/],
    ['RELEASE khipu', /savepoint/],
    ['ROLLBACK TO khipu', /savepoint/],
    [`PREPARE TRANSACTION 'x'`, /two phases/],
    [`COMMIT PREPARED 'x'`, /two phases/],
    [`ROLLBACK PREPARED 'x'`, /two phases/],
    ['SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', /mode of the transaction/],
    [`COPY t FROM PROGRAM 'curl evil'`, /runs a program on the server/],
    [`COPY (SELECT 1) TO PROGRAM 'sh'`, /runs a program/],
    [`COPY t FROM '/etc/passwd'`, /reads the file system of the server/],
    [`COPY t TO '/tmp/x'`, /writes to the file system/],
    ['COPY t FROM STDIN', /needs data/],
    ['COPY t TO STDOUT', /Export Result/],
    ['VACUUM', /VACUUM cannot run in a transaction/],
    ['VACUUM (FULL, ANALYZE) t', /VACUUM cannot/],
    ['CREATE DATABASE d', /CREATE DATABASE cannot/],
    ['DROP DATABASE d WITH (FORCE)', /DROP DATABASE cannot/],
    ['ALTER DATABASE d SET TABLESPACE t', /SET TABLESPACE cannot/],
    [`CREATE TABLESPACE t LOCATION '/x'`, /CREATE TABLESPACE cannot/],
    ['DROP TABLESPACE t', /DROP TABLESPACE cannot/],
    ['ALTER SYSTEM SET work_mem = 1', /ALTER SYSTEM cannot/],
    ['CREATE UNIQUE INDEX CONCURRENTLY ON t (a)', /CREATE INDEX CONCURRENTLY cannot/],
    ['DROP INDEX CONCURRENTLY i', /DROP INDEX CONCURRENTLY cannot/],
    ['REINDEX TABLE CONCURRENTLY t', /REINDEX CONCURRENTLY cannot/],
    ['REINDEX SCHEMA s', /REINDEX SCHEMA cannot/],
    ['REINDEX DATABASE', /REINDEX DATABASE cannot/],
    ['ALTER TABLE t DETACH PARTITION p CONCURRENTLY', /DETACH PARTITION CONCURRENTLY cannot/],
    ['CLUSTER', /CLUSTER without a table cannot/],
    ['DISCARD ALL', /DISCARD ALL cannot/],
    ['', /no statement/],
    ['-- nothing', /no statement/],
    ['DELETE FROM t; DELETE FROM u', /more than one/],
  ] as const) {
    it(`refuses ${sql === '' ? 'nothing' : sql}`, () => {
      for (const written of [sql, `/* seen */ ${sql}`, `\n${sql} ;`]) {
        const error = refusal(written);
        assert.equal(error.kind, 'write-refused', written);
        assert.match(error.message, reason);
        assert.equal(error.detail.sql, written);
      }
    });
  }

  for (const sql of [
    'INSERT INTO t VALUES (1)',
    'SELECT nextval($$s$$)',
    'CREATE TABLE t (a int)',
    'DROP TABLE t',
    'TRUNCATE t',
    'ALTER TABLE t DETACH PARTITION p',
    'CREATE INDEX ON t (a)',
    'REINDEX TABLE t',
    'CLUSTER t',
    'ANALYZE t',
    'DISCARD TEMP',
    'CALL p()',
    'DO $$ BEGIN COMMIT; END $$',
    'GRANT SELECT ON t TO r',
    'EXPLAIN ANALYZE DELETE FROM t',
    'REFRESH MATERIALIZED VIEW v',
    'LOCK TABLE t',
    'SET LOCAL work_mem = 1000',
    'ALTER DATABASE d SET work_mem = 1000',
  ]) {
    it(`takes ${sql}`, () => {
      const statement = seen(`-- what\n${sql} ; -- end`);
      assert.ok(WriteSql.is(statement));
      assert.equal(statement.text, sql);
    });
  }

  it('says where a syntax error is', () => {
    const error = refusal('UPDATE t SET a == 1');
    assert.deepEqual([error.kind, error.detail.position], ['sql-syntax', 15]);
  });

  it('puts numbers for parameters, which are bound apart', () => {
    const statement = seen('-- new price\nUPDATE t SET a = :price, b = :note WHERE a < :price');
    assert.equal(statement.text, 'UPDATE t SET a = $1, b = $2 WHERE a < $1');
    assert.equal(statement.seenText, 'UPDATE t SET a = :price, b = :note WHERE a < :price');
    assert.deepEqual([statement.names, statement.values], [[':price', ':note'], []]);
    const bound = statement.bind(['3', null]);
    assert.ok(WriteSql.is(bound));
    assert.deepEqual([bound.text, bound.values], [statement.text, ['3', null]]);
    assert.match(
      bound.previewText(180_000)?.text ?? '',
      /^UPDATE t SET a = \$1, b = \$2 WHERE a < \$1 RETURNING/,
    );
    assert.deepEqual(seen('DELETE FROM t WHERE a = $2').names, ['$2']);
  });

  it('leaves to a function and to PREPARE what is theirs', () => {
    for (const sql of [
      'PREPARE p (int, int) AS DELETE FROM t WHERE a = $2',
      'CREATE FUNCTION f(int, int) RETURNS int RETURN $2',
      `UPDATE t SET a = b::text WHERE c = ':x'`,
    ]) {
      const statement = seen(sql);
      assert.deepEqual([statement.text, statement.names], [sql, []]);
    }
  });

  it('refuses a parameter where Postgres binds none, and places errors in what was written', () => {
    const sql = 'CREATE TABLE t (a int DEFAULT :price)';
    const error = refusal(sql);
    assert.deepEqual([error.kind, error.detail.position], ['write-refused', sql.indexOf(':price')]);
    assert.ok(error.message.endsWith('in place of :price.'), error.message);
    const broken = refusal('UPDATE t SET a = :price :note');
    assert.deepEqual([broken.kind, broken.detail.position], ['sql-syntax', 24]);
    assert.match(broken.message, /:note/);
  });

  it('is not made by look-alikes', () => {
    assert.equal(WriteSql.is({ text: 'DROP TABLE t' }), false);
    assert.equal(WriteSql.is(Object.create(WriteSql.prototype) as object), false);
  });

  it('names the table that it changes', () => {
    const target = (sql: string): unknown => seen(sql).target;
    assert.deepEqual(target('UPDATE ONLY Shop."Or.ders" o SET a = 1'), { schema: 'shop', name: 'Or.ders' });
    assert.deepEqual(target('INSERT INTO t DEFAULT VALUES'), { schema: undefined, name: 't' });
    assert.deepEqual(
      target('WITH a AS (DELETE FROM b) MERGE INTO c USING a ON true WHEN MATCHED THEN DELETE'),
      {
        schema: undefined,
        name: 'c',
      },
    );
    assert.equal(target('TRUNCATE t'), undefined);
    assert.equal(target('WITH a AS (DELETE FROM b RETURNING 1) SELECT * FROM a'), undefined);
  });

  it('asks for rows only where the server has the clause', () => {
    const added = (sql: string, version = postgres18): string | undefined =>
      seen(sql).previewText(version)?.text.slice(sql.length);
    assert.equal(added('INSERT INTO t VALUES (1)'), ' RETURNING *');
    assert.equal(added('DELETE FROM t', 0), ' RETURNING *');
    assert.match(added('UPDATE t SET a = 1') ?? '', /^ RETURNING WITH \(OLD AS/);
    assert.equal(added('UPDATE t SET a = 1', 170_005), ' RETURNING *');
    const merge = 'MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE';
    assert.match(added(merge, 170_000) ?? '', /merge_action\(\)/);
    assert.equal(added(merge, 160_004), undefined);
    assert.equal(added('DELETE FROM t RETURNING a'), undefined);
    assert.equal(added('SELECT 1'), undefined);
  });

  it('adds RETURNING behind whatever comments and white space there are, and it is one statement still', () => {
    const trivia = fc
      .array(
        fc.constantFrom(
          ' ',
          '\n',
          '\t',
          '-- RETURNING *\n',
          '/* ; */',
          '/* /* nested */ -- */',
          '--\r\n',
          '-- 🦙\n',
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map((parts) => ` ${parts.join('')} `);
    const words = fc.constantFrom(
      ['INSERT', 'INTO', '"t 🦙"', 'SELECT', `'--'`, 'FROM', 'b', 'ON', 'CONFLICT', 'DO', 'NOTHING'],
      ['UPDATE', 't', 'SET', 'a', '=', `$q$ RETURNING $q$`, 'WHERE', 'CURRENT', 'OF', 'c'],
      ['WITH', 'x', 'AS', '(', 'SELECT', '1', ')', 'DELETE', 'FROM', 't', 'USING', 'x', 'WHERE', 'true'],
      ['MERGE', 'INTO', 't', 'USING', 'u', 'ON', 'true', 'WHEN', 'MATCHED', 'THEN', 'DO', 'NOTHING'],
    );
    const between = fc.array(trivia, { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(words, between, (statement, gaps) => {
        const sql = statement.map((word, index) => `${word}${gaps[index] ?? ' '}`).join('');
        const preview = seen(`${sql};${gaps[19] ?? ''}`).previewText(postgres18)?.text ?? '';
        const outcome = parser.parse(preview);
        assert.ok(outcome.ok, preview);
        assert.equal(outcome.statements.length, 1);
        const [fields] = Object.values(outcome.statements[0]?.node ?? {}) as Record<string, unknown>[];
        assert.ok(fields?.['returningClause'] !== undefined, preview);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the effect of a statement', () => {
  it('is read from its tag', () => {
    for (const [tag, command, count] of [
      ['UPDATE 3', 'UPDATE', 3],
      ['INSERT 0 12', 'INSERT', 12],
      ['MERGE 0', 'MERGE', 0],
      ['SELECT 1', 'SELECT', 1],
      ['CREATE TABLE', 'CREATE TABLE', undefined],
      ['CREATE TABLE AS', 'CREATE TABLE AS', undefined],
      ['DO', 'DO', undefined],
      ['', '', undefined],
    ] as const) {
      assert.deepEqual(readTag(tag), { command, count }, tag);
    }
  });

  it('shows what changed twice, and what stayed once', () => {
    const column = (name: string): ResultColumn => ({ name, type: 'text', align: 'left' });
    const columns = ['a', 'b', 'c', 'a', 'b', 'c'].map(column);
    const sample = pairChanges(columns, [
      ['1', 'x', null, '1', 'x', ''],
      ['2', 'y', 'n', '2', 'Y', 'n'],
    ]);
    assert.deepEqual(
      sample.columns.map(({ name, change }) => `${name} ${change ?? 'same'}`),
      ['a same', 'b before', 'b after', 'c before', 'c after'],
    );
    assert.deepEqual(sample.rows, [
      ['1', 'x', 'x', null, ''],
      ['2', 'y', 'Y', 'n', 'n'],
    ]);
    assert.deepEqual(pairChanges(columns, []).columns.length, 3);
  });
});
