import assert from 'node:assert/strict';
import { alternatives } from '../../eval/alternatives.ts';
import { contains, isOrdered, isSame, type Table } from '../../eval/compareResults.ts';

const table = (columns: string, ...rows: (string | null)[][]): Table => ({
  columns: columns.split(' '),
  rows,
});

describe('isSame', () => {
  const gold = table('name total', ['a', '1'], ['b', '2.50']);

  it('does not mind names, order of columns and rows, doubles, or how a number is written', () => {
    assert.ok(isSame(gold, table('n t', ['a', '1'], ['b', '2.5']), false));
    assert.ok(isSame(gold, table('total name', ['2.500001', 'b'], ['1.0', 'a']), false));
    assert.ok(isSame(gold, table('name total', ['b', '2.5'], ['a', '1'], ['a', '1']), false));
  });

  it('minds every value, every row and every column', () => {
    assert.ok(!isSame(gold, table('name total', ['a', '1'], ['b', '2.6']), false));
    assert.ok(!isSame(gold, table('name total', ['a', '1']), false));
    assert.ok(!isSame(gold, table('name total more', ['a', '1', 'x'], ['b', '2.5', 'y']), false));
    assert.ok(!isSame(table('n', [null]), table('n', ['']), false));
    assert.ok(!isSame(table('n', [null]), table('n', ['0']), false));
  });

  it('minds the order of rows where the question asks for one', () => {
    assert.ok(!isSame(gold, table('name total', ['b', '2.5'], ['a', '1']), true));
    assert.ok(
      isOrdered('order_by', 'Which?') &&
        isOrdered('', 'Sort them by name') &&
        !isOrdered('', 'In what border?'),
    );
  });
});

describe('contains', () => {
  const gold = table('name total', ['a', '1'], ['b', '2']);

  it('finds the columns among others by their values', () => {
    assert.ok(contains(gold, table('id t n', ['7', '2', 'b'], ['9', '1', 'a']), false));
  });

  it('minds what belongs to what', () => {
    assert.ok(!contains(gold, table('id t n', ['7', '1', 'b'], ['9', '2', 'a']), false));
    assert.ok(!contains(gold, table('n', ['a'], ['b']), false));
    assert.ok(!contains(table('x y', ['1', '1']), table('z', ['1']), false));
    assert.ok(!contains(gold, table('id t n', ['7', '2', 'b'], ['9', '1', 'a'], ['9', '1', 'a']), false));
  });
});

describe('alternatives', () => {
  it('are each choice of the columns in braces, of each accepted statement', () => {
    assert.deepEqual(alternatives("SELECT {a, b}, c FROM t WHERE d = '{'; SELECT 1"), [
      "SELECT a, b, c FROM t WHERE d = '{'",
      "SELECT a, c FROM t WHERE d = '{'",
      "SELECT b, c FROM t WHERE d = '{'",
      'SELECT 1',
    ]);
    assert.deepEqual(alternatives('SELECT {a, b}, count(*) FROM t GROUP BY {}').slice(1), [
      'SELECT a, count(*) FROM t GROUP BY a',
      'SELECT b, count(*) FROM t GROUP BY b',
    ]);
  });
});
