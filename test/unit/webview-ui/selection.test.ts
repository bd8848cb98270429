import assert from 'node:assert/strict';
import { edgesOf, extendedHead } from '../../../webview-ui/cellRange.ts';
import { clipboardText } from '../../../webview-ui/gridCopy.ts';

const extent = { firstCell: 1, lastCell: 20, lastRow: 999, pageRows: 30 };

describe('selected cells', () => {
  it('have edges whichever way they were dragged', () => {
    const range = { anchor: { row: 5, cell: 3 }, head: { row: 2, cell: 7 } };
    assert.deepEqual(edgesOf(range), { top: 2, bottom: 5, left: 3, right: 7 });
  });

  it('grow by keys as in a spreadsheet, and stay within the grid', () => {
    const head = { row: 10, cell: 5 };
    const to = (key: string, far = false, from = head) => {
      const place = extendedHead(key, far, from, extent);
      return place === undefined ? undefined : [place.row, place.cell];
    };
    assert.deepEqual(
      [to('ArrowUp'), to('ArrowDown', true), to('ArrowLeft', true), to('PageUp'), to('PageDown')],
      [
        [9, 5],
        [999, 5],
        [10, 1],
        [0, 5],
        [40, 5],
      ],
    );
    assert.deepEqual(
      [to('Home'), to('Home', true), to('End'), to('End', true)],
      [
        [10, 1],
        [0, 1],
        [10, 20],
        [999, 20],
      ],
    );
    assert.deepEqual(to('ArrowRight', false, { row: 0, cell: 20 }), [0, 20]);
    assert.equal(to('a'), undefined);
  });

  it('are copied raw: one cell as it is, several as spreadsheets take them', () => {
    assert.equal(clipboardText([['a\t"b"\nc']], [0]), 'a\t"b"\nc');
    assert.equal(clipboardText([[null]], [0]), '');
    const rows = [
      ['1', null, 'x\ty'],
      ['2', '', 'say "hi"'],
    ];
    assert.equal(clipboardText(rows, [0, 1, 2]), '1\t\t"x\ty"\n2\t\t"say ""hi"""');
    assert.equal(clipboardText(rows, [2, 0]), '"x\ty"\t1\n"say ""hi"""\t2');
  });
});
