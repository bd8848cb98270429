/** The real grammar: where statements and errors lie, in UTF-16, and what it does with input that it must not be given. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadParser, maxSqlBytes, type ParseOutcome, type SqlParser } from '../../../src/database/parse.ts';
import { trickyStatements } from './trickyStatements.ts';

function textsOf(sql: string, outcome: ParseOutcome): string[] {
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.statements.map(({ start, end }) => sql.slice(start, end));
}

describe('parse', () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadParser();
  });

  it('gives the exact text of each statement, without comments around it and without the ;', () => {
    const sql = "  /* é */ select '😀' ; -- c\r\n select 2 /* x */ -- ;\r\n";
    assert.deepEqual(textsOf(sql, parser.parse(sql)), ["select '😀'", 'select 2']);
  });

  it('gives typed nodes', () => {
    const outcome = parser.parse('select a from t; delete from t');
    assert.ok(outcome.ok);
    const [select, remove] = outcome.statements;
    assert.ok(select !== undefined && 'SelectStmt' in select.node);
    assert.equal(select.node.SelectStmt.targetList?.length, 1);
    assert.ok(remove !== undefined && 'DeleteStmt' in remove.node);
  });

  it('takes nothing, blanks, comments and lone semicolons for a script of no statements', () => {
    for (const sql of ['', ' \r\n\t', '-- a', '/* a /* b */ */', ';;', ' ; -- a\n;']) {
      assert.deepEqual(parser.parse(sql), { ok: true, statements: [] }, JSON.stringify(sql));
    }
  });

  it('takes every tricky statement', () => {
    for (const sql of trickyStatements) assert.deepEqual(textsOf(sql, parser.parse(sql)), [sql]);
  });

  it('places an error in UTF-16, whatever stands before it', () => {
    const before = fc
      .array(fc.constantFrom('é', 'e\u0301', '😀', '名', '\r\n', 'a', ' '))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(before, (text) => {
        const sql = `select '${text}' /* ${text} */,\r\n frmo t x y`;
        const outcome = parser.parse(sql);
        const expected = {
          ok: false,
          reason: 'syntax',
          message: 'syntax error at or near "x"',
          position: sql.indexOf(' x ') + 1,
        };
        assert.deepEqual(outcome, expected);
      }),
    );
  });

  it('places an error at the end of the input at its end', () => {
    const outcome = parser.parse("select '😀' from");
    assert.deepEqual(outcome, {
      ok: false,
      reason: 'syntax',
      message: 'syntax error at end of input',
      position: 16,
    });
  });

  it('does not let a NUL hide what stands behind it', () => {
    const outcome = parser.parse('select 1\0; drop table t');
    assert.deepEqual(outcome, {
      ok: false,
      reason: 'syntax',
      message: 'invalid byte sequence for encoding "UTF8": 0x00',
      position: 8,
    });
  });

  it('refuses a lone surrogate as Postgres would its bytes', () => {
    const message = 'invalid byte sequence for encoding "UTF8": 0xed 0xa0 0x80';
    assert.deepEqual(parser.parse("select '😀\ud800'"), {
      ok: false,
      reason: 'syntax',
      message,
      position: 10,
    });
  });

  it('refuses more than 1 MB, counted in bytes, and takes as much as that', () => {
    const atLimit = `select '${'é'.repeat((maxSqlBytes - 10) / 2)}' `;
    assert.equal(Buffer.byteLength(atLimit), maxSqlBytes);
    assert.equal(parser.parse(atLimit).ok, true);
    const over = parser.parse(`${atLimit} `);
    assert.deepEqual(over, {
      ok: false,
      reason: 'too-long',
      message: 'The SQL is longer than 1000 KB.',
      position: 0,
    });
  });

  it('can be given a smaller limit', async () => {
    const small = await loadParser(100);
    assert.equal(small.parse('select 1').ok, true);
    const outcome = small.parse(`select '${'a'.repeat(100)}'`);
    assert.equal(!outcome.ok && outcome.reason, 'too-long');
  });

  it('says so when parentheses are nested too deeply, and goes on', () => {
    const outcome = parser.parse('('.repeat(20_000));
    assert.ok(!outcome.ok);
    assert.match(outcome.message, /^memory exhausted at or near/);
    assert.equal(parser.parse('select 1').ok, true);
  });

  it('survives the stack overflows of the WASM, again and again, with its memory sound', async () => {
    const own = await loadParser();
    const sql = `select a${' collate "C"'.repeat(12_000)}`;
    const sound = JSON.stringify(own.parse(trickyStatements[0] ?? ''));
    for (let round = 0; round < 3; round++) {
      const outcome = own.parse(sql);
      assert.equal(!outcome.ok && outcome.reason, 'too-deep');
      const meanwhile = own.parse('select 1');
      assert.equal(!meanwhile.ok && meanwhile.reason, 'unavailable');
      await own.ready();
      assert.equal(JSON.stringify(own.parse(trickyStatements[0] ?? '')), sound);
    }
  });

  it('never throws, and places what it says within the text', () => {
    const fragment = fc.constantFrom(
      "'",
      '"',
      '$$',
      '$a$',
      '/*',
      '*/',
      '--',
      ';',
      '\n',
      'select',
      ' ',
      '1',
      '\\',
      '(',
      '😀',
      'E',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(fragment, fc.string({ unit: 'binary' }))), (parts) => {
        const sql = parts.join('');
        const outcome = parser.parse(sql);
        if (outcome.ok) {
          for (const { start, end } of outcome.statements)
            assert.ok(0 <= start && start < end && end <= sql.length);
        } else assert.ok(0 <= outcome.position && outcome.position <= sql.length);
      }),
      { numRuns: 500 },
    );
  });
});
