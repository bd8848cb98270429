import assert from 'node:assert/strict';
import { noCallables } from '../../../src/database/callables.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import type { GuardNames } from '../../../src/database/guardNames.ts';
import { constructNames, readingNodes } from '../../../src/database/guardRules.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import type { KhipuError } from '../../../src/shared/errors.ts';

const names: GuardNames = {
  callables: {
    ...noCallables,
    functions: new Map([
      ...[
        'count',
        'sum',
        'lower',
        'percentile_cont',
        'jsonb_array_elements',
        'generate_series',
        'rank',
        'json_build_object',
      ].map((name) => [`pg_catalog.${name}`, 'immutable'] as const),
      ['pg_catalog.random', 'volatile'],
      ['pg_catalog.bernoulli', 'volatile'],
      ['pg_catalog.pg_sleep', 'volatile'],
      ['pg_catalog.pg_reload_conf', 'volatile'],
      ['pg_catalog.set_config', 'volatile'],
      ['pg_catalog.query_to_xml', 'stable'],
      ['shop.random', 'volatile'],
      ['shop.twice', 'stable'],
      ['shop.pivot', 'stable'],
      ['shop.touch', 'volatile'],
      ['hr.raise', 'volatile'],
      ['shop.Odd Name', 'volatile'],
    ]),
    makers: new Map(
      ['random', 'bernoulli', 'pg_sleep', 'pg_reload_conf', 'set_config'].map((name) => [
        `pg_catalog.${name}`,
        'postgres',
      ]),
    ),
    operators: new Map([
      ['shop.<+>', 'volatile'],
      ['shop.<->', 'stable'],
    ]),
    castingReaches: new Map([
      ['shop.noisy', [{ kind: 'function', name: 'shop.touch', through: [] }]],
      ['shop.calm', [{ kind: 'function', name: 'pg_catalog.random', through: [] }]],
    ]),
    readingReaches: new Map([
      ['shop.touching', [{ kind: 'function', name: 'shop.touch', through: ['shop.inner', 'shop.noisy'] }]],
      ['shop.shelled', [{ kind: 'program', name: 'rm -rf', through: [] }]],
      ['shop.dice', [{ kind: 'function', name: 'pg_catalog.random', through: [] }]],
    ]),
    castableTypes: new Set(['pg_catalog.uuid', 'shop.noisy']),
    attributes: new Set(['pg_catalog.pg_sleep', 'shop.touch']),
    symbols: new Map([['shop.pivot', ['crosstab']]]),
  },
  searchPath: ['pg_catalog', 'shop'],
};

const accepted: readonly (readonly [sql: string, text?: string, kind?: 'rows' | 'direct'])[] = [
  ['SELECT 1'],
  ['  SELECT 1 ; -- done\n', 'SELECT 1'],
  ['/* a; */ SELECT 1;;', 'SELECT 1'],
  ['TABLE t'],
  ['VALUES (1), (2)'],
  ['WITH a AS (SELECT 1) SELECT * FROM a UNION SELECT 2 ORDER BY 1 LIMIT 3 OFFSET 1'],
  [
    'SELECT count(*) FILTER (WHERE a > 0), sum(b) OVER (PARTITION BY c), percentile_cont(0.5) WITHIN GROUP (ORDER BY d) FROM t',
  ],
  [
    'SELECT a::text, b COLLATE "C", c[1], (d).e, ARRAY[1], ROW(1, 2), CASE WHEN x THEN 1 END, coalesce(y, 1) FROM t',
  ],
  [
    'SELECT * FROM a JOIN b USING (id), LATERAL (SELECT 1) c, generate_series(1, 2) WITH ORDINALITY AS g (n, o)',
  ],
  ['SELECT * FROM t TABLESAMPLE bernoulli (1)'],
  [
    "SELECT JSON_OBJECT('a' VALUE 1), JSON_VALUE('{}'::jsonb, '$.a') FROM JSON_TABLE('[]'::jsonb, '$[*]' COLUMNS (x int)) AS j",
  ],
  ['SELECT xmlelement(name a), current_user, current_timestamp'],
  ['SELECT a FROM t GROUP BY GROUPING SETS ((a), ()) HAVING grouping(a) = 0'],
  ['SELECT pg_catalog.random(), shop.twice(1), twice(2)'],
  ['SELECT 1 OPERATOR(shop.<->) 2'],
  ['SELECT $$x$$::calm, uuid($$x$$), (a).b, t.c FROM dice'],
  ['SELECT touch FROM t'],
  // libpg-query alone takes these comments for errors; what is judged, and run, has blanks in their place.
  ["SELECT '/* é */' WHERE a NOT /* é */ LIKE 'x'", "SELECT '/* é */' WHERE a NOT         LIKE 'x'"],
  ["SELECT 'a' -- 1\n -- 2\n 'b'", "SELECT 'a'     \n     \n 'b'"],
  ['SELECT CASE a WHEN 1 THEN 2 END FROM t NATURAL JOIN u WHERE a BETWEEN 1 AND 2'],
  ['SELECT 1 FROM t ORDER BY a USING <'],
  ['EXPLAIN SELECT 1', undefined, 'direct'],
  ['EXPLAIN (ANALYZE, FORMAT json) SELECT lower(a) FROM t', undefined, 'direct'],
  ['SHOW search_path', undefined, 'direct'],
];

/** [statement, the place of what is refused, the reason] */
const refused: readonly (readonly [sql: string, at: string | number, reason: RegExp, judged?: string])[] = [
  ['', 0, /no statement/],
  ['-- nothing', 0, /no statement/],
  ['SELECT 1; SELECT 2', 'SELECT 2', /more than one/],
  ['SELECT 1; COMMIT', 'COMMIT', /more than one/],
  ['DELETE FROM t', 0, /^DELETE is not run/],
  ['COPY t TO PROGRAM $$x$$', 0, /^COPY/],
  ['SET x = 1', 0, /^SET/],
  ['BEGIN', 0, /^transaction control/],
  ['CREATE VIEW v AS SELECT 1', 0, /VIEW is not run/],
  ['WITH d AS (DELETE FROM t RETURNING 1) SELECT * FROM d', 'd AS', /^DELETE/],
  ['SELECT * INTO x FROM t', 'x', /^SELECT INTO/],
  ['SELECT 1 FROM t FOR UPDATE', 'FOR UPDATE', /FOR UPDATE or FOR SHARE/],
  ['SELECT * FROM (SELECT 1 FROM t FOR SHARE) s', 'FOR SHARE', /FOR UPDATE or FOR SHARE/],
  ['EXPLAIN DELETE FROM t', 't', /EXPLAIN is run .*not for DELETE/],
  ['EXPLAIN ANALYZE WITH d AS (UPDATE t SET a = 1 RETURNING a) SELECT 1', 'd AS', /^UPDATE/],
  ['SELECT pg_sleep(1)', 'pg_sleep', /pg_sleep|set_config|query_to_xml/],
  ['SELECT PG_CATALOG."pg_sleep"(1)', 'PG_CATALOG', /pg_sleep|set_config|query_to_xml/],
  ['SELECT U&"\\0070g_sleep"(1)', 'U&', /function pg_sleep/],
  [
    'SELECT (SELECT lower(set_config($$a$$, $$b$$, false)))',
    'set_config',
    /pg_sleep|set_config|query_to_xml/,
  ],
  [
    'SELECT query_to_xml($$DELETE FROM t$$, true, true, $$$$)',
    'query_to_xml',
    /pg_sleep|set_config|query_to_xml/,
  ],
  ['SELECT nowhere.pg_sleep(1)', 'nowhere', /pg_sleep|set_config|query_to_xml/],
  ["SELECT '😀é', pg_reload_conf()", 'pg_reload_conf', /pg_reload_conf/],
  ['SELECT unheard_of(1)', 'unheard_of', /known to be safe/],
  ['SELECT hr.twice(1)', 'hr.twice', /known to be safe/],
  ['SELECT touch(1)', 'touch', /VOLATILE/],
  ['SELECT "Odd Name"(1)', '"Odd', /VOLATILE/],
  ['SELECT hr.raise(1)', 'hr', /VOLATILE/],
  // Which overload is meant is decided by types: shop.random could be it.
  ['SELECT random()', 'random', /VOLATILE/],
  ['SELECT 1 FROM t WHERE a <+> b', '<+>', /operator <\+> .*VOLATILE/],
  ['SELECT 1 WHERE 1 OPERATOR(shop.<+>) 2', 'OPERATOR', /operator shop\.<\+>/],
  ['SELECT 1 WHERE 1 <+> ANY (SELECT 2)', '<+>', /operator/],
  ['SELECT 1 FROM t ORDER BY a USING <+>', '<+>', /operator/],
  ['SELECT $$x$$::shop.noisy', 'shop.noisy', /cast to shop\.noisy/],
  ['SELECT CAST(a AS noisy) FROM t', 'noisy', /cast/],
  ['SELECT * FROM lower($$x$$) AS f (a noisy)', 'noisy', /cast/],
  [
    'SELECT pg_sleep(1) WHERE a NOT /* x */ LIKE b',
    'pg_sleep',
    /wait/,
    'SELECT pg_sleep(1) WHERE a NOT         LIKE b',
  ],
  ['SELECT noisy($$x$$)', 'noisy', /cast to noisy/],
  ['SELECT (1.0).pg_sleep', '(1.0', /after a dot, pg_sleep may call the function pg_sleep, which makes/],
  ['SELECT t.touch FROM t', 't.touch', /after a dot, touch may call .*write it without the table/],
  ['SELECT (t).noisy FROM t', '(t)', /cast to noisy/],
  ['SELECT pivot($$DELETE FROM t$$)', 'pivot', /runs SQL/],
  ['SELECT 1 FROM t, touching', 'touching', /through shop\.inner and shop\.noisy, the function shop\.touch/],
  ['SELECT 1 FROM shop.shelled', 'shop', /runs a program on the server: rm -rf/],
  ['SELECT * FROM pg_hba_file_rules', 'pg_hba', /reaches files of the server/],
  ['SELECT * FROM t WHERE CURRENT OF c', 0, /./],
];

describe('guard', () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadParser();
  });

  for (const [sql, text = sql, kind = 'rows'] of accepted) {
    it(`passes ${JSON.stringify(sql)}`, () => {
      const statement = ReadOnlySql.fromText(parser, names, sql);
      assert.deepEqual([statement.text, statement.kind, ReadOnlySql.is(statement)], [text, kind, true]);
    });
  }

  for (const [sql, at, reason, judged = sql] of refused) {
    it(`refuses ${JSON.stringify(sql)}`, () => {
      assert.throws(
        () => ReadOnlySql.fromText(parser, names, sql),
        (error: KhipuError) => {
          const kinds = sql.includes('CURRENT OF')
            ? ['sql-syntax', 'refused-by-guard']
            : ['refused-by-guard'];
          assert.ok(kinds.includes(error.kind), `${error.kind}: ${error.message}`);
          assert.match(error.message, reason);
          assert.equal(error.detail.sql, judged);
          const place = typeof at === 'number' ? at : sql.lastIndexOf(at);
          if (error.kind === 'refused-by-guard') assert.equal(error.detail.position, place);
          return true;
        },
      );
    });
  }

  it('tells a syntax error in the words of Postgres, with its place', () => {
    assert.throws(() => ReadOnlySql.fromText(parser, names, "SELECT '😀', FROM t WHERE"), {
      kind: 'sql-syntax',
      message: 'syntax error at or near "FROM"',
      detail: { sql: "SELECT '😀', FROM t WHERE", position: 13 },
    });
  });

  it('cannot be gone around by a look-alike', () => {
    const real = ReadOnlySql.fromText(parser, names, 'SELECT 1');
    const fakes = [
      { text: 'DROP TABLE t', kind: 'rows' },
      Object.create(ReadOnlySql.prototype) as object,
      structuredClone(real),
      Object.assign({}, real),
    ];
    for (const fake of fakes) assert.equal(ReadOnlySql.is(fake), false);
  });

  it('knows of no node that writes as one that reads', () => {
    for (const type of Object.keys(constructNames)) assert.equal(readingNodes.has(type), false, type);
    for (const type of readingNodes)
      assert.doesNotMatch(type, /(?<!Select)Stmt$|Locking|Into|OnConflict|Merge/);
  });
});
