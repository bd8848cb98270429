import assert from 'node:assert/strict';
import fc from 'fast-check';
import { edgesOf, type CellRange } from '../../../webview-ui/cellRange.ts';
import { figureWords, leftOutWords, numberWords } from '../../../webview-ui/figureWords.ts';
import {
  cellCountOf,
  joinedSelection,
  selectionsOf,
  selectionWords,
} from '../../../webview-ui/selectedCells.ts';

const place = fc.record({ row: fc.nat({ max: 12 }), cell: fc.integer({ min: 1, max: 6 }) });
const range: fc.Arbitrary<CellRange> = fc.record({ anchor: place, head: place });

describe('several ranges', () => {
  it('are handed over with each cell once, from the top', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 5 }), (ranges) => {
        const expected = new Set<string>();
        for (const { top, bottom, left, right } of ranges.map(edgesOf)) {
          for (let row = top; row <= bottom; row++)
            for (let cell = left; cell <= right; cell++) expected.add(`${row}/${cell - 1}`);
        }
        const found = selectionsOf(ranges, (cell) => cell - 1);
        const cells = found.flatMap(({ top, bottom, columns }) =>
          Array.from({ length: bottom - top + 1 }, (_, index) => columns.map((at) => `${top + index}/${at}`)),
        );
        assert.deepEqual(cells.flat().sort(), [...expected].sort());
        assert.equal(cellCountOf(found), expected.size);
        for (const [index, { top }] of found.entries())
          assert.ok(index === 0 || top > found[index - 1]!.bottom);
      }),
    );
  });

  it('can be copied when their columns are the same', () => {
    const rows = (top: number, bottom: number, columns: number[]) => ({ top, bottom, columns });
    assert.deepEqual(joinedSelection([rows(0, 1, [2, 3]), rows(4, 4, [2, 3])]), {
      ...rows(0, 1, [2, 3]),
      further: [{ top: 4, bottom: 4 }],
    });
    assert.equal(joinedSelection([rows(0, 1, [2]), rows(4, 4, [2, 3])]), undefined);
    assert.equal(joinedSelection([]), undefined);
  });

  it('are said in words', () => {
    const names = ['id', 'name', 'amount'];
    assert.equal(
      selectionWords([{ top: 1, bottom: 1999, columns: [0, 1, 2] }], names),
      '5,997 cells selected: rows 2 to 2,000, id to amount.',
    );
    assert.equal(
      selectionWords([{ top: 4, bottom: 4, columns: [0, 1] }], names),
      '2 cells selected: row 5, id to name.',
    );
  });
});

describe('figures in words', () => {
  it('have the separators of the locale, and every digit that stands before the point', () => {
    assert.equal(numberWords('18446744073709551613', 'en-US'), '18,446,744,073,709,551,613');
    assert.equal(numberWords('-1234.5678912', 'de-DE'), '-1.234,567891');
    assert.equal(numberWords('0.00000012345678', 'en-US'), '0.000000123457');
    assert.equal(numberWords('1e+300', 'en-US'), '1e+300');
  });

  it('say what is there, with the exact text behind it', () => {
    const found = figureWords(
      {
        cells: 1005,
        nulls: 5,
        leftOut: 0,
        numbers: { count: 3, sum: '12345.5', average: '4115.16666666666666666667' },
        least: '-1.50',
        greatest: '12000',
        ordered: 'numbers',
      },
      'en-US',
    );
    assert.deepEqual(
      found.map(({ label, shown, exact }) => `${label} ${shown} ${exact}`),
      [
        'Count 1,000 1000',
        'NULL 5 5',
        'Sum 12,345.5 12345.5',
        'Average 4,115.166667 4115.16666666666666666667',
        'Min -1.5 -1.50',
        'Max 12,000 12000',
      ],
    );
    const hostile = { least: '<b>\u202eevil\n', greatest: 'x'.repeat(1000), ordered: 'texts' as const };
    const [, least, greatest] = figureWords({ cells: 2, nulls: 0, leftOut: 0, ...hostile }, 'en-US');
    assert.equal(least?.shown, '<b>U+202Eevil↵');
    assert.equal(greatest?.shown, `${'x'.repeat(28)}…`);
    assert.equal(
      leftOutWords({ cells: 9, nulls: 0, leftOut: 2, ordered: 'numbers' }),
      '2 left out: NaN, infinity, or over 120 digits',
    );
  });
});
