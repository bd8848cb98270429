/** Diagnostics of the real grammar, told by the text that they underline. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { diagnose, type SqlDiagnostic } from '../../../src/language/diagnostics.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import { trickyStatements } from '../database/trickyStatements.ts';

describe('diagnostics', () => {
  const never = new AbortController().signal;
  let parser: SqlParser;
  before(async () => {
    parser = await loadParser();
  });

  async function underlined(script: string): Promise<[string, string][]> {
    const found = await diagnose(script, parser, never);
    return found.map(({ start, end, message }) => [script.slice(start, end), message]);
  }

  it('are none for valid scripts, blanks and psql commands', async () => {
    assert.deepEqual(await underlined(trickyStatements.join(';\n')), []);
    assert.deepEqual(await underlined(''), []);
    assert.deepEqual(await underlined("-- a\n;;\n\\d it's\nselect 1 \\gset\n\\copy t from 'x'\n/* b */"), []);
  });

  it('take parameters for what they are, and speak of them as they are written', async () => {
    assert.deepEqual(await underlined('select * from t where a = :a and b[1:n] > $2; select :x::int'), []);
    assert.deepEqual(await underlined('select 1 from :a;\nselect :b, frm nowhere x y'), [
      [':a', 'syntax error at or near ":a"'],
      ['x', 'syntax error at or near "x"'],
    ]);
  });

  it('underline the token that the grammar stumbles over, in each statement', async () => {
    const script = "select '😀';\r\nselec 1;\r\nselect é, '名' frm orders o x;\r\nselect 3;";
    assert.deepEqual(await underlined(script), [
      ['selec', 'syntax error at or near "selec"'],
      ['orders', 'syntax error at or near "orders"'],
    ]);
  });

  it('underline whole operators, names and strings', async () => {
    assert.deepEqual(await underlined('select 1 from "a;b" c "d;e" f'), [
      ['"d;e"', 'syntax error at or near ""d;e""'],
    ]);
    assert.deepEqual(await underlined('select 1 from >= 2'), [['>=', 'syntax error at or near ">="']]);
    assert.deepEqual(await underlined("select 1 'b;c'"), [["'b;c'", `syntax error at or near "'b;c'"`]]);
  });

  it('underline the last token when the end comes too soon, not the comment behind it', async () => {
    const script = 'select * from (select 1 -- more\n; select 2';
    assert.deepEqual(await underlined(script), [['1', 'syntax error at end of input']]);
  });

  it('underline an unterminated quote or comment on its first line alone', async () => {
    assert.deepEqual(await underlined("select 1;\nselect 'abc\r\ndef"), [
      ["'abc", `unterminated quoted string at or near "'abc\r\ndef"`],
    ]);
    assert.deepEqual(await underlined('select 1; /* a /* b */\nc'), [
      ['/* a /* b */', 'unterminated /* comment at or near "/* a /* b */\nc"'],
    ]);
  });

  it('shorten a message that quotes the rest of the script', async () => {
    const [first] = await diagnose(`select '${'😀'.repeat(1000)}`, parser, never);
    assert.ok(first !== undefined && first.message.length <= 301 && first.message.isWellFormed());
    assert.match(first.message, /^unterminated quoted string .*…$/u);
  });

  it('name a character that no SQL may hold', async () => {
    assert.deepEqual(await underlined("select 'a\0b'; select 2"), [
      ["\0b'", 'invalid byte sequence for encoding "UTF8": 0x00'],
    ]);
  });

  it('go on behind a statement that is too deep', async () => {
    const script = `select a${' collate "C"'.repeat(20_000)}; selec`;
    const found = await diagnose(script, parser, never);
    assert.deepEqual(
      found.map(({ severity, message }) => [severity, message]),
      [
        ['information', 'The SQL is nested too deeply to be parsed.'],
        ['error', 'syntax error at or near "selec"'],
      ],
    );
  });

  it('are one notice for a file of more than 1 MB', async () => {
    const script = `selec\n${'-- é\n'.repeat(200_000)}`;
    assert.deepEqual(await diagnose(script, parser, never), [
      {
        start: 0,
        end: 5,
        severity: 'information',
        message: 'Khipu does not check the syntax of files of more than 1 MB.',
      },
    ]);
  });

  it('stop at 200 and say so', async () => {
    const found = await diagnose('selec;'.repeat(500), parser, never);
    assert.equal(found.length, 201);
    assert.deepEqual(
      found.filter(({ severity }) => severity === 'information').map(({ message }) => message),
      ['Only the first 200 errors are shown.'],
    );
  });

  it('end soon after the signal', async () => {
    const abort = new AbortController();
    const work = diagnose('select 1;\n'.repeat(90_000), parser, abort.signal);
    setImmediate(() => abort.abort());
    await assert.rejects(work, (error) => error instanceof KhipuError && error.kind === 'cancelled');
    await assert.rejects(diagnose('', parser, abort.signal), KhipuError);
  });

  it('lie within any text, in order, and underline something', async () => {
    const fragment = fc.constantFrom(
      "'",
      '"',
      '$$',
      '/*',
      '*/',
      '--',
      ';',
      '\n',
      '\r\n',
      'select',
      ' ',
      '1',
      '\\',
      '(',
      '😀',
      "E'",
      '\0',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fragment, fc.string({ unit: 'binary', maxLength: 4 }))),
        async (parts) => {
          const script = parts.join('');
          let last: SqlDiagnostic | undefined;
          for (const diagnostic of await diagnose(script, parser, never)) {
            assert.ok(
              (last?.end ?? 0) <= diagnostic.start &&
                diagnostic.start < diagnostic.end &&
                diagnostic.end <= script.length,
            );
            last = diagnostic;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
