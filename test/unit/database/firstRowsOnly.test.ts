import assert from 'node:assert/strict';
import { firstRowsOnly } from '../../../src/database/firstRowsOnly.ts';
import { bufferedPages } from '../../../src/database/resultPages.ts';

const never = new AbortController().signal;
const long = 'x'.repeat(1000);
const rows = [
  ['1', 'a'],
  ['2', null],
  ['3', long],
];

describe('firstRowsOnly', () => {
  const column = (name: string) => ({ name, type: 'text', align: 'left' as const });
  const head = { columns: [column('n'), column('t')], firstRows: rows, ms: 3, messages: undefined };
  const left = firstRowsOnly(bufferedPages(head, rows));
  const taken = async (count: number, columns: number[]): Promise<unknown[]> => {
    const found: unknown[] = [];
    const range = { start: 0, count, columns: new Set(columns), keptBytes: 1000 };
    await left.each(range, (cells) => found.push(cells) > 0, never);
    return found;
  };

  it('has its rows, and says that there may be more', async () => {
    assert.deepEqual(await left.page(1, 5, never), rows.slice(1));
    assert.deepEqual([left.total, left.isWhole, left.ms], [{ rows: 3, complete: false }, false, 3]);
    assert.deepEqual(firstRowsOnly(left, []).total, { rows: 0, complete: false });
  });

  it('gives no beginning of a cell for the whole', async () => {
    const gone = { kind: 'invalid-input', message: /Only the first rows/ };
    assert.deepEqual(await taken(2, [0, 1]), rows.slice(0, 2));
    assert.deepEqual(await taken(3, [0]), rows);
    await assert.rejects(taken(3, [0, 1]), gone);
    const parts: string[] = [];
    const cell = (row: number, at: number) =>
      left.cell({ row, column: at }, (bytes) => void parts.push(bytes.toString()), never);
    assert.deepEqual([await cell(0, 1), await cell(1, 1)], [true, false]);
    assert.deepEqual(parts, ['a']);
    await assert.rejects(cell(2, 1), gone);
    await assert.rejects(cell(9, 0), gone);
    await assert.rejects(
      left.more(() => undefined, never),
      gone,
    );
  });
});
