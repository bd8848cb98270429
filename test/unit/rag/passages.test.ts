import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toPassages, type Block } from '../../../src/rag/passages.ts';

const words = (count: number, word = 'word'): string => Array.from({ length: count }, () => word).join(' ');

function block(text: string, line: number, ...heading: string[]): Block {
  return { heading, text, from: line, to: line + text.split('\n').length - 1 };
}

describe('passages', () => {
  it('are merged of short paragraphs, never across headings', () => {
    const passages = toPassages([
      block(words(40), 1, 'A'),
      block(words(40), 3, 'A'),
      block(words(40), 5, 'A', 'B'),
      block(words(70), 7, 'A', 'B'),
      block(words(5), 9, 'A', 'B'),
    ]);
    assert.deepEqual(
      passages.map(({ heading, from, to, text }) => [heading.join('>'), from, to, text.split(/\s+/).length]),
      [
        ['A', 1, 3, 80],
        ['A>B', 5, 7, 110],
        ['A>B', 9, 9, 5],
      ],
    );
  });

  it('are not made of nothing but marks', () => {
    assert.deepEqual(toPassages([block('***', 1), block('| --- |', 3)]), []);
  });

  it('are cut where a paragraph is long: at lines with their places, at sentences, at words, or anywhere', () => {
    const table = Array.from({ length: 100 }, (_, row) => `| row ${row} | ${words(5)} |`).join('\n');
    const [first, second] = toPassages([block(table, 11)]);
    assert.equal(first?.from, 11);
    assert.ok(first.text.endsWith('|') && second?.text.startsWith('| row '));
    assert.equal(second?.from, first.to + 1);
    assert.ok(first.text.endsWith(`row ${first.to - 11} | ${words(5)} |`));

    const sentences = Array.from({ length: 60 }, () => `${words(7)} end.`).join(' ');
    for (const { text } of toPassages([block(sentences, 1)])) assert.match(text, /end\.$/);
    const cutWords = toPassages([block(words(1000), 1)]);
    for (const { text } of cutWords) assert.match(text, /^word.*word$/);
    assert.equal(cutWords.map(({ text }) => text).join(' '), words(1000));
    const blob = 'x😀'.repeat(5000);
    const pieces = toPassages([block(blob, 1)]).map(({ text }) => text);
    assert.equal(pieces.join(''), blob);
    for (const piece of pieces) assert.ok(piece.length <= 1800 && piece.isWellFormed());
  });

  it('lose no word and keep the order', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b ', '. ', '\n', 'ccccc', ' ', '1'),
      maxLength: 4000,
    });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
        const blocks = texts.map((each, at) => block(each, at * 100 + 1));
        const said = (all: readonly { text: string }[]): string =>
          all
            .map((each) => each.text)
            .join('\n')
            .replace(/[^a-z0-9]/g, '');
        const passages = toPassages(blocks);
        assert.equal(said(passages), said(blocks));
        for (const passage of passages) {
          assert.ok(passage.text.length <= 1800);
          assert.ok((passage.text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0) <= 220);
        }
      }),
    );
  });
});
