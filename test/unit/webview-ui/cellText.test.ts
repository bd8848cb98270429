import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cellLength, cellPieces, cut, longestCell } from '../../../webview-ui/cellText.ts';

function line(value: string): string {
  return cellPieces(value)
    .map(({ text, mark }) => (mark ? `[${text}]` : text))
    .join('');
}

describe('cell text', () => {
  it('marks line ends, tabs and controls', () => {
    assert.equal(line('a\nb\r\nc\td\u0000'), 'a[↵]b[↵]c[⇥]d[U+0000]');
  });

  it('marks what reorders or hides text', () => {
    assert.equal(line('abc\u202egpj.exe\u2066\u200b'), 'abc[U+202E]gpj.exe[U+2066][U+200B]');
  });

  it('leaves letters of every script alone', () => {
    for (const text of ['Huamán', 'שלום', '東京', 'नमस्ते', '🧶']) assert.equal(line(text), text);
  });

  it('cuts long values, but not through a character', () => {
    const pieces = cellPieces('x'.repeat(longestCell + 1));
    assert.deepEqual(
      pieces.map(({ text }) => text.length),
      [longestCell, 1],
    );
    assert.equal(cut('ab🧶', 3), 'ab');
    assert.equal(cut('ab🧶', 4), 'ab🧶');
  });

  it('never lets an unseen character through, and is bounded for every value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), (value) => {
        const pieces = cellPieces(value);
        for (const { text } of pieces) assert.doesNotMatch(text, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        assert.ok(pieces.length <= longestCell + 1);
      }),
    );
  });

  it('measures what it shows', () => {
    assert.deepEqual(
      [cellLength(null), cellLength('abc'), cellLength('東京'), cellLength('a\nb')],
      [4, 3, 4, 3],
    );
  });
});
