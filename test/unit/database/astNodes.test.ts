import assert from 'node:assert/strict';
import { astNodes, nameParts } from '../../../src/database/astNodes.ts';
import { loadParser } from '../../../src/database/parse.ts';

describe('astNodes', () => {
  it('yields every node of a statement, outermost first, with its type', async () => {
    const outcome = (await loadParser()).parse('SELECT lower(a) FROM t WHERE b = 1');
    assert.ok(outcome.ok);
    const types = [...astNodes(outcome.statements[0]!.node)]
      .map(({ type }) => type)
      .filter((type) => /^[A-Z]/.test(type));
    assert.deepEqual(types, [
      'SelectStmt',
      'ResTarget',
      'FuncCall',
      'String',
      'ColumnRef',
      'String',
      'RangeVar',
      'A_Expr',
      'String',
      'ColumnRef',
      'String',
      'A_Const',
    ]);
  });

  it('gives each its own place, or that of the node around it', () => {
    const tree = {
      Outer: {
        location: 4,
        plain: { x: 1 },
        list: [{ Inner: { location: 9 } }, { Unplaced: { location: -1 } }],
      },
    };
    const places = Object.fromEntries(
      [...astNodes(tree)].map(({ type, byteLocation }) => [type, byteLocation]),
    );
    assert.deepEqual(places, { root: -1, Outer: 4, plain: 4, list: 4, Inner: 9, Unplaced: 4 });
  });

  it('walks any depth', () => {
    let tree: object = { Leaf: {} };
    for (let depth = 0; depth < 200_000; depth++) tree = { Node: tree };
    let count = 0;
    for (const { type } of astNodes(tree)) count += type === 'Leaf' || type === 'Node' ? 1 : 0;
    assert.equal(count, 200_001);
  });

  it('passes over what is no object', () => {
    assert.deepEqual(
      [...astNodes({ A: { b: null, c: 1, d: 'x', e: [] } })].map(({ type }) => type),
      ['root', 'A'],
    );
  });
});

describe('nameParts', () => {
  it('reads the strings of a qualified name, empty ones too', () => {
    assert.deepEqual(nameParts([{ String: { sval: 'shop' } }, { String: {} }, { A_Star: {} }]), ['shop', '']);
    for (const value of [undefined, null, 'x', {}]) assert.deepEqual(nameParts(value), []);
  });
});
