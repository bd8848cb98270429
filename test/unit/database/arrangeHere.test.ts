import assert from 'node:assert/strict';
import fc from 'fast-check';
import { arrangeHere } from '../../../src/database/arrangeHere.ts';
import { compareNumbers } from '../../../src/database/compareCells.ts';
import type { Arrangement } from '../../../src/shared/arrangement.ts';

const cellsOf = (
  type: string,
  cells: readonly (string | null)[],
  arrangement: Partial<Arrangement>,
): (string | null | undefined)[] | undefined =>
  arrangeHere(
    [{ name: 'a', type, align: 'left' }],
    cells.map((cell) => [cell]),
    { sort: [], filters: [], ...arrangement },
  )?.map(([cell]) => cell);
const sorted = (type: string, cells: readonly (string | null)[], descending = false) =>
  cellsOf(type, cells, { sort: [{ column: 0, descending }] });

describe('sorting and filtering rows that are here', () => {
  it('compares numbers by their value, to the last digit, and puts NULL last either way', () => {
    const numbers = ['9007199254740993', '-1.50', null, '9007199254740992', '0.10', '-2', '1e3', 'NaN'];
    const ascending = ['-2', '-1.50', '0.10', '1e3', '9007199254740992', '9007199254740993', 'NaN', null];
    assert.deepEqual(sorted('numeric', numbers), ascending);
    assert.deepEqual(sorted('numeric', numbers, true), [...ascending.slice(0, -1).toReversed(), null]);
  });

  it('agrees with whole numbers of any size', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (one, other) => {
        const order = Math.sign(compareNumbers(String(one), `${other}.0`));
        assert.equal(order, one < other ? -1 : Number(one > other));
      }),
    );
    assert.equal(Math.sign(compareNumbers('-0', '0.00')), 0);
  });

  it('sorts by several columns, and keeps the order of rows that are alike', () => {
    const columns = ['integer', 'text', 'text'].map((type) => ({ name: type, type, align: 'left' as const }));
    const rows = [
      ['1', 'b', 'first'],
      ['2', 'a', 'second'],
      ['1', 'a', 'third'],
      ['1', 'b', 'fourth'],
    ];
    const sort = [
      { column: 0, descending: true },
      { column: 1, descending: false },
    ];
    assert.deepEqual(
      arrangeHere(columns, rows, { sort, filters: [] })?.map((row) => row[2]),
      ['second', 'third', 'first', 'fourth'],
    );
  });

  it('sorts dates, times without a zone, booleans and text', () => {
    assert.deepEqual(sorted('date', ['2024-02-01', '2023-12-31']), ['2023-12-31', '2024-02-01']);
    const times = ['2024-01-01 00:00:00.5', '2024-01-01 00:00:00'];
    assert.deepEqual(sorted('timestamp without time zone', times), times.toReversed());
    assert.deepEqual(sorted('boolean', ['t', 'f']), ['f', 't']);
    assert.deepEqual(sorted('text', ['b', 'Á', 'a']), ['a', 'Á', 'b']);
  });

  it('leaves to the server what the text does not tell', () => {
    assert.equal(
      sorted('timestamp with time zone', ['2024-10-27 02:30:00+01', '2024-10-27 02:30:00+02']),
      undefined,
    );
    assert.equal(sorted('date', ['0044-03-15 BC', '2024-01-01']), undefined);
    assert.equal(sorted('interval', ['1 day', '02:00:00']), undefined);
    assert.equal(sorted('jsonb', ['1']), undefined);
    assert.equal(
      cellsOf('integer', ['1'], { filters: [{ test: 'equals', column: 0, value: 'one' }] }),
      undefined,
    );
    assert.equal(
      cellsOf('citext', ['a'], { filters: [{ test: 'equals', column: 0, value: 'A' }] }),
      undefined,
    );
    assert.equal(cellsOf('text', ['a'], { filters: [{ test: 'null', column: 7 }] }), undefined);
  });

  it('filters as the statement would', () => {
    const cells = ['10', '2', null, '2.0', '-3'];
    const by = (filter: Arrangement['filters'][number]) => cellsOf('numeric', cells, { filters: [filter] });
    assert.deepEqual(by({ test: 'equals', column: 0, value: '2.00' }), ['2', '2.0']);
    assert.deepEqual(by({ test: 'less', column: 0, value: '2' }), ['-3']);
    assert.deepEqual(by({ test: 'greater', column: 0, value: '2' }), ['10']);
    assert.deepEqual(by({ test: 'between', column: 0, low: '-3', high: '2' }), ['2', '2.0', '-3']);
    assert.deepEqual(by({ test: 'values', column: 0, values: ['10', null] }), ['10', null]);
    assert.deepEqual(by({ test: 'null', column: 0 }), [null]);
    assert.deepEqual(by({ test: 'not-null', column: 0 }), ['10', '2', '2.0', '-3']);
    const texts = ['', 'Ana', null, 'banana'];
    assert.deepEqual(cellsOf('text', texts, { filters: [{ test: 'contains', column: 0, text: 'AN' }] }), [
      'Ana',
      'banana',
    ]);
    assert.deepEqual(cellsOf('text', texts, { filters: [{ test: 'empty', column: 0 }] }), ['']);
    assert.deepEqual(cellsOf('text', texts, { filters: [{ test: 'equals', column: 0, value: 'ana' }] }), []);
  });
});
