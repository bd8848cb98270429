import assert from 'node:assert/strict';
import fc from 'fast-check';
import { placeOf, sqlTokens } from '../../../webview-ui/sqlTokens.ts';

function kinds(sql: string): string[] {
  return sqlTokens(sql)
    .filter(({ text }) => text.trim() !== '')
    .map(({ kind, text }) => `${kind} ${text.trim()}`);
}

describe('sql tokens', () => {
  it('tells keywords, names, strings, numbers and comments apart', () => {
    assert.deepEqual(kinds(`SELECT "Select", 'it''s' FROM t1 -- where\nWHERE x > 1.5e3 /* a */`), [
      'keyword SELECT',
      'name "Select"',
      'other ,',
      `string 'it''s'`,
      'keyword FROM',
      'other t1',
      'comment -- where',
      'keyword WHERE',
      'other x',
      'other >',
      'number 1.5e3',
      'comment /* a */',
    ]);
  });

  it('keeps dollar quotes and escape strings whole', () => {
    assert.deepEqual(kinds(String.raw`$a$ it's $b$ $a$ , E'a\'b'`), [
      "string $a$ it's $b$ $a$",
      'other ,',
      String.raw`string E'a\'b'`,
    ]);
  });

  it('loses nothing of any text, and knows where each token starts', () => {
    const pieces = fc.constantFrom(
      "'",
      '"',
      '$$',
      '$a$',
      '--',
      '/*',
      '*/',
      '\n',
      'select',
      'x1',
      '1.5',
      ' ',
      '🧶',
      '\\',
      "E'",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const sql = parts.join('');
        const tokens = sqlTokens(sql);
        assert.equal(tokens.map(({ text }) => text).join(''), sql);
        for (const { text, start } of tokens) assert.equal(sql.slice(start, start + text.length), text);
      }),
    );
  });

  it('reads an unfinished quote of 200,000 characters in linear time', () => {
    const sql = `SELECT '${"x''".repeat(70_000)}`;
    const began = performance.now();
    assert.equal(sqlTokens(sql).length, 3);
    assert.ok(performance.now() - began < 500);
  });

  it('finds line and column', () => {
    assert.deepEqual(placeOf('a\nbc d', 5), { line: 2, column: 4 });
    assert.deepEqual(placeOf('abc', 0), { line: 1, column: 1 });
  });
});
