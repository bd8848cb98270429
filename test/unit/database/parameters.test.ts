import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { parameterMarks, readParameters } from '../../../src/database/parameters.ts';

const namesIn = (sql: string): readonly string[] => readParameters(sql).names;
const rewritten = (sql: string): string => readParameters(sql).text;

describe('parameters', () => {
  it('are $n and :name, numbered without a gap, each name once', () => {
    const { text, names } = readParameters('SELECT :a, $2, :b, :a, $1 WHERE x=:b');
    assert.equal(text, 'SELECT $3, $2, $4, $3, $1 WHERE x=$4');
    assert.deepEqual(names, ['$1', '$2', ':a', ':b']);
    assert.equal(rewritten('SELECT $7 + $3 + $7'), 'SELECT $2 + $1 + $2');
    assert.deepEqual(namesIn('SELECT :Name, :name, :naïve_1'), [':Name', ':name', ':naïve_1']);
  });

  it('are not what stands in strings, names, comments and dollar quotes, nor casts', () => {
    for (const sql of [
      `SELECT ':a', E'\\':a', U&':a', B'1', ":a", $$ :a $1 $$, $f$ :a $f$ -- :a $1`,
      'SELECT /* :a /* $1 */ :b */ 1',
      'SELECT a::text, \'1\'::int, a :: text, b::public."T", x$1, :: text',
      'SELECT f(a := 1, b => 2), 12:30, : a, :"a", :\'a\'',
      'SELECT $0',
    ])
      assert.deepEqual(parameterMarks(sql), [], sql);
    assert.equal(rewritten('SELECT :a::text, :b::int[]'), 'SELECT $1::text, $2::int[]');
    assert.equal(rewritten('SELECT a:: :b'), 'SELECT a:: $1');
  });

  it('are not the bounds of a slice', () => {
    for (const sql of [
      'SELECT a[1:n]',
      'SELECT a[:n]',
      'SELECT a[m :n]',
      'SELECT (f(x))[1:n][lo:hi]',
      'SELECT a[m:]',
    ])
      assert.deepEqual(parameterMarks(sql), [], sql);
    assert.equal(rewritten('SELECT a[1: :n], a[(:m):n], a[f(:i)]'), 'SELECT a[1: $1], a[($2):n], a[f($3)]');
    assert.equal(
      rewritten('SELECT ARRAY[:a, :b], ARRAY[[:a], [:b]]'),
      'SELECT ARRAY[$1, $2], ARRAY[[$1], [$2]]',
    );
    assert.equal(rewritten('SELECT a[1:n], :x'), 'SELECT a[1:n], $1');
  });

  it('are not the colons of JSON constructors', () => {
    for (const sql of [
      "SELECT JSON_OBJECT('a':b, 'c' :d, e:f, upper(g):h, i[1]:j)",
      "SELECT json_objectagg(k:v), JSON_OBJECT('a': JSON_OBJECT('b':c))",
    ])
      assert.deepEqual(parameterMarks(sql), [], sql);
    assert.equal(
      rewritten("SELECT JSON_OBJECT(:k : :v, 'x' : :y, KEY :z VALUE :v, 'f' : f(:w))"),
      "SELECT JSON_OBJECT($1 : $2, 'x' : $3, KEY $4 VALUE $2, 'f' : f($5))",
    );
  });

  it('do not run into the word before them', () => {
    assert.equal(rewritten('SELECT:a FROM t LIMIT:n'), 'SELECT $1 FROM t LIMIT $2');
  });

  it('give every place of an error back as one in the source', () => {
    const sql = 'SELECT :first_of_all + nowhere, $1 FROM t WHERE:x > 🦙';
    const { text, toSource } = readParameters(sql);
    for (const word of ['SELECT', 'nowhere', 'FROM', 'WHERE', '> 🦙'])
      assert.equal(toSource(text.indexOf(word)), sql.indexOf(word), word);
    assert.equal(toSource(text.indexOf('$2')), sql.indexOf(':first'));
    assert.equal(toSource(text.indexOf('$2') + 1), sql.indexOf(':first'));
    assert.equal(toSource(text.length), sql.length);
    assert.equal(toSource(0), 0);
  });

  it('leave everything outside of them as it was, whatever the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...`:a :b :: $1 $12 $0 [ ] ( ) ' " E' $$ $t$ -- /* */ : := , ; json_object array 1 a é 🦙 \\ - >`.split(
          ' ',
        ),
        ' ',
        '\n',
        '\u2028',
      ),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
        (sql) => {
          const marks = parameterMarks(sql);
          const { text, toSource, names } = readParameters(sql);
          let source = 0;
          let at = 0;
          for (const mark of marks) {
            const kept = sql.slice(source, mark.start);
            assert.equal(text.slice(at, at + kept.length), kept);
            for (let offset = 0; offset < kept.length; offset++)
              assert.equal(toSource(at + offset), source + offset);
            at += kept.length;
            const put = /^ ?\$(\d+)/.exec(text.slice(at))!;
            assert.equal(names[Number(put[1]) - 1]!.replace(/^\$/, ''), mark.name.replace(/^\$/, ''));
            assert.equal(toSource(at), mark.start);
            at += put[0].length;
            source = mark.end;
          }
          assert.equal(text.slice(at), sql.slice(source));
          assert.equal(toSource(text.length), sql.length);
        },
      ),
      { numRuns: 3000 },
    );
  });

  describe('beside the grammar of Postgres', () => {
    let parser: SqlParser;
    before(async () => {
      parser = await loadParser();
    });

    it('never take anything for one in a statement that Postgres understands as it is', () => {
      for (const sql of [
        "SELECT JSON_OBJECT('a':b, 'c' : d ABSENT ON NULL) FROM t",
        'SELECT JSON_OBJECTAGG(k:v) FROM t',
        'SELECT a[1:n], b[:n], c[n:], (ARRAY[1,2])[lo:hi] FROM t',
        "SELECT a::text, interval '1 day' FROM t WHERE x ~ ':a'",
        'SELECT f(a := b) FROM t',
      ]) {
        assert.equal(parser.parse(sql).ok, true, sql);
        assert.equal(rewritten(sql), sql);
      }
    });

    it('are understood by Postgres once they are rewritten', () => {
      for (const sql of [
        'SELECT:a',
        'SELECT DISTINCT ON (x) :a FROM t WHERE y BETWEEN :lo AND :hi ORDER BY 1 LIMIT :n OFFSET:m',
        'SELECT a[1: :n], ARRAY[:a, :b], JSON_OBJECT(:k : :v) FROM t',
        'SELECT CASE WHEN :a IS NULL THEN :b ELSE:c END, -:d, x->:e, y||:f',
        'EXPLAIN SELECT * FROM f(:a, b => :b), t TABLESAMPLE bernoulli (:p)',
      ]) {
        assert.equal(parser.parse(sql).ok, false, sql);
        const outcome = parser.parse(rewritten(sql));
        assert.equal(outcome.ok, true, `${rewritten(sql)}: ${outcome.ok ? '' : outcome.message}`);
      }
    });
  });
});
