/** The splitter against Postgres's own grammar, against itself, and on scripts that no grammar takes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { isTrivia, tokenCursor } from '../../../src/database/sqlTokens.ts';
import { readScript, splitStatements, statementAt } from '../../../src/database/statements.ts';
import { trickyStatements } from './trickyStatements.ts';

function textsOf(script: string): string[] {
  return splitStatements(script).map(({ text }) => text);
}

const statement = fc.constantFrom(...trickyStatements);
/** Between two statements. */
const separator = fc
  .tuple(
    fc.constantFrom('', ' ', '\n', " -- a; '\n", '/* ; */'),
    fc.constantFrom(';', ';;', ' ; ;'),
    fc.constantFrom('', '\n', '\r\n\r\n', ' -- "b; $$\r\n', "\n/* c; /* d */ ' */\n", '\n-- e\n-- f\n'),
  )
  .map((parts) => parts.join(''));
/** Anything at all, but rich in what opens and closes. */
const mess = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        '$$',
        '$a$',
        '$1',
        '/*',
        '*/',
        '--',
        ';',
        '\n',
        '\r\n',
        '\\d x',
        '\\',
        "E'",
        "\\'",
        'U&"',
        '😀',
      ),
      fc.constantFrom(
        'create function',
        'create rule',
        'begin atomic',
        'case',
        'end',
        '(',
        ')',
        'copy t from stdin;',
        '\n\\.\n',
        ' ',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
      statement,
    ),
  )
  .map((parts) => parts.join(''));

describe('splitting into statements', () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadParser();
  });

  it('has a corpus of at least 60 statements, all different', () => {
    assert.ok(new Set(trickyStatements).size >= 60);
  });

  it('keeps each tricky statement whole', () => {
    for (const sql of trickyStatements) assert.deepEqual(textsOf(`${sql};${sql}`), [sql, sql]);
  });

  it('gives joined statements back, and agrees with the grammar about them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(statement, separator), { maxLength: 12 }), separator, (parts, lead) => {
        const script = lead + parts.flat().join('');
        const found = splitStatements(script);
        assert.deepEqual(
          found.map(({ text }) => text),
          parts.map(([text]) => text),
        );
        const outcome = parser.parse(script);
        assert.ok(outcome.ok, JSON.stringify(outcome));
        assert.deepEqual(
          found.map(({ start, end }) => [start, end]),
          outcome.statements.map(({ start, end }) => [start, end]),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('accounts for every character of any text: statements in order, and between them nothing that could run', () => {
    fc.assert(
      fc.property(mess, (script) => {
        let rebuilt = '';
        for (const { start, end, terminatedEnd, text } of splitStatements(script)) {
          assert.ok(rebuilt.length <= start && start < end && end <= terminatedEnd);
          rebuilt += script.slice(rebuilt.length, start) + text;
          assert.match(script.slice(terminatedEnd - 1, terminatedEnd), terminatedEnd > end ? /^;$/ : /^[^]$/);
        }
        assert.equal(rebuilt + script.slice(rebuilt.length), script);
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves only comments, blanks, semicolons and psql commands between statements', () => {
    fc.assert(
      fc.property(mess, (script) => {
        fc.pre(!/copy/i.test(script));
        let gap = 0;
        const spans = [...splitStatements(script), { start: script.length, terminatedEnd: script.length }];
        for (const { start, terminatedEnd } of spans) {
          const cursor = tokenCursor(script, gap);
          while (cursor.end < start && cursor.next()) {
            assert.ok(
              isTrivia(cursor.kind) || cursor.kind === 'semicolon' || cursor.kind === 'meta',
              cursor.kind,
            );
          }
          gap = terminatedEnd;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('lets an unterminated quote or comment take the rest', () => {
    assert.deepEqual(textsOf("select 1; select 'a; select 2"), ['select 1', "select 'a; select 2"]);
    assert.deepEqual(textsOf('select 1; select "a; select 2'), ['select 1', 'select "a; select 2']);
    assert.deepEqual(textsOf('select 1; select $a$ ; $b$ ; $$'), ['select 1', 'select $a$ ; $b$ ; $$']);
    assert.deepEqual(textsOf('select 1; /* select 2; /* */ select 3'), ['select 1']);
  });

  it('follows an E string over a comment to its next part, as Postgres does (libpg-query does not)', () => {
    const sql = "select E'a' -- between; 'the parts'\n  -- ;\n 'b\\';'";
    assert.deepEqual(textsOf(`${sql}; select 2`), [sql, 'select 2']);
    assert.deepEqual(textsOf("select E'a' -- no part; follows\n; select 2"), ["select E'a'", 'select 2']);
  });

  it('lets no open parenthesis swallow the next statement, save in a rule', () => {
    assert.deepEqual(textsOf('select (1; select 2'), ['select (1', 'select 2']);
    assert.deepEqual(textsOf('create rule r as on insert to t do (select 1; select 2); select 3').length, 2);
  });

  it('skips psql commands, and lets one end the statement before it', () => {
    assert.deepEqual(textsOf("\\d orders; 'x\nselect 1 \\gset\n  \\echo it's\nselect 2;\\timing"), [
      'select 1',
      'select 2',
    ]);
    assert.deepEqual(textsOf('select 1\\; select 2;'), ['select 1', 'select 2']);
  });

  it('skips the data of COPY FROM STDIN where the script holds it', () => {
    assert.deepEqual(textsOf("copy t from stdin;\n1\tit's;\n\\.\nselect 1;"), [
      'copy t from stdin',
      'select 1',
    ]);
    assert.deepEqual(
      textsOf('COPY s.t (a, b) FROM STDIN WITH (format csv);\r\n1;"\r\n\\.\r\nselect 1').length,
      2,
    );
    assert.deepEqual(textsOf('copy t from stdin;\nselect 1'), ['copy t from stdin', 'select 1']);
    assert.deepEqual(textsOf("copy t from 'stdin';\nselect 1;\n\\.\nselect 2").length, 3);
  });

  it('treats BEGIN ATOMIC as a body only where a routine is created', () => {
    assert.deepEqual(textsOf('begin; select 1; end; select 2'), ['begin', 'select 1', 'end', 'select 2']);
    assert.deepEqual(textsOf('create table t (a int); begin atomic; select 1').length, 3);
  });
});

describe('comments above statements', () => {
  it('attach to the statement on the next line, as one block', () => {
    const script = '-- top ten customers\n--   by revenue\nselect 1;\n';
    const { statements, commentBlocks } = readScript(script);
    assert.equal(commentBlocks.length, 1);
    assert.equal(commentBlocks[0]?.prose, 'top ten customers\nby revenue');
    assert.equal(commentBlocks[0].text, '-- top ten customers\n--   by revenue');
    assert.equal(commentBlocks[0].statement, statements[0]);
    assert.deepEqual(statements[0]?.leadingComment, {
      start: 0,
      end: 36,
      text: '-- top ten customers\n--   by revenue',
    });
    assert.equal(script.slice(statements[0].start, statements[0].terminatedEnd), 'select 1;');
  });

  const attached = (script: string): (string | undefined)[][] =>
    readScript(script).commentBlocks.map(({ prose, statement: below }) => [prose, below?.text]);

  it('do not attach over a blank line, another comment, a lone ; or a psql command', () => {
    assert.deepEqual(attached('-- a\n\nselect 1'), [['a', undefined]]);
    assert.deepEqual(attached('-- a\r\n \t\r\nselect 1'), [['a', undefined]]);
    assert.deepEqual(attached('-- a\n;select 1'), [['a', undefined]]);
    assert.deepEqual(attached('-- a\n\\d\nselect 1'), [['a', undefined]]);
    assert.deepEqual(attached('-- a\n/* b */\nselect 1'), [
      ['a', undefined],
      ['b', 'select 1'],
    ]);
    assert.deepEqual(attached('-- a\n\n-- b\r\nselect 1'), [
      ['a', undefined],
      ['b', 'select 1'],
    ]);
  });

  it('are blocks at the end of the script too, with no statement yet', () => {
    assert.deepEqual(attached('select 1;\n-- a\n-- b'), [['a\nb', undefined]]);
    assert.deepEqual(attached('select 1\n\n-- a\n'), [['a', undefined]]);
  });

  it('are none when they stand behind a statement or within one', () => {
    assert.deepEqual(attached('select 1; -- a\nselect -- b\n 2,\n-- c\n 3; /* d */'), []);
  });

  it('lose the marks and margins of a block comment in their prose', () => {
    assert.deepEqual(attached('/**\n * Orders\n *  per day\n */ select 1'), [
      ['Orders\nper day', 'select 1'],
    ]);
    assert.deepEqual(attached('/* 2 * 3 */\nselect 6'), [['2 * 3', 'select 6']]);
  });
});

describe('the statement at a caret', () => {
  const script = 'select 1; -- x\n\n-- two\nselect 2 ;\n\nselect 3';
  const at = (mark: string, shift = 0): string | undefined =>
    statementAt(script, script.indexOf(mark) + shift)?.text;

  it('is the one around it, its ; and its comment included', () => {
    assert.equal(at('select 1'), 'select 1');
    assert.equal(at('1;', 2), 'select 1');
    assert.equal(at('two'), 'select 2');
    assert.equal(at(' ;', 2), 'select 2');
    assert.equal(statementAt(script, script.length)?.text, 'select 3');
  });

  it('is else the one that ends on its line, or none', () => {
    assert.equal(at('-- x', 4), 'select 1');
    assert.equal(at('-- x', 5), undefined);
    assert.equal(at('\n\nselect 3', 1), undefined);
    assert.equal(statementAt('  ', 1), undefined);
  });

  it('is the next one where two touch', () => {
    assert.equal(statementAt('select 1;select 2', 9)?.text, 'select 2');
  });
});

describe('a script of 1 MB', () => {
  // Time under a shared machine is no measure; work that grows with the square of the length would take minutes here.
  const script = (unit: string): string => unit.repeat(Math.ceil(1_000_000 / unit.length));
  const units = [
    "select a, 'b''c', $$;$$ from t; -- d\n",
    '/*',
    "e'",
    '$a$ ',
    '$a',
    '-- a\n',
    '/**/',
    'copy t from stdin;',
    ' ',
    ';',
    "''",
  ];

  it('is split in one pass, whatever it repeats', function () {
    this.timeout(10_000);
    for (const unit of units) {
      const { statements } = readScript(script(unit));
      assert.ok(statements.length <= 1_000_000 / unit.length + 1);
    }
  });
});
