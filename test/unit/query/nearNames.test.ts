import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editDistance, nearNames } from '../../../src/query/nearNames.ts';

describe('nearNames', () => {
  const names = [
    'customers',
    'customer_groups',
    'orders',
    'order_lines',
    'order_line_notes',
    'products',
    'id',
  ];

  it('puts the nearest first and gives at most three', () => {
    const wanted: Record<string, string[]> = {
      custmers: ['customers'],
      customer: ['customers', 'customer_groups'],
      CUSTOMERS: ['customers', 'customer_groups'],
      ordres: ['orders'],
      order_line: ['order_lines', 'order_line_notes', 'orders'],
      lines: ['order_lines'],
      di: ['id'],
      warehouse: [],
      '': [],
    };
    for (const [name, near] of Object.entries(wanted))
      assert.deepEqual(nearNames(name, names).slice(0, near.length || 3), near, name);
    assert.ok(nearNames('order', names).length <= 3);
  });

  it('gives each name once, in an order that does not depend on theirs', () => {
    assert.deepEqual(
      nearNames('ab', ['ac', 'ad', 'ac', 'ae', 'af']),
      nearNames('ab', ['af', 'ae', 'ad', 'ac']),
    );
    assert.deepEqual(nearNames('ab', ['ac', 'ac']), ['ac']);
  });

  it('has a name with one slip near to itself, and itself nearest', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z_]{4,20}$/), fc.nat(), (name, at) => {
        const cut = at % name.length;
        assert.ok(nearNames(name.slice(0, cut) + name.slice(cut + 1), [name]).length === 1);
        assert.equal(nearNames(name, [`${name}x`, name, 'q'])[0], name);
      }),
    );
  });
});

describe('editDistance', () => {
  it('counts insertions, deletions, substitutions and swaps', () => {
    const cases: [string, string, number][] = [
      ['', '', 0],
      ['abc', '', 3],
      ['', 'abc', 3],
      ['abc', 'abd', 1],
      ['abc', 'acb', 1],
      ['abc', 'ac', 1],
      ['kitten', 'sitting', 3],
      ['ca', 'abc', 3], // a swap is not edited further (optimal string alignment)
    ];
    for (const [a, b, distance] of cases) assert.equal(editDistance(a, b), distance, `${a} ${b}`);
  });

  it('is symmetric, zero for the same alone, and at most the longer length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        assert.equal(distance, editDistance(b, a));
        assert.equal(distance === 0, a === b);
        assert.ok(distance <= Math.max(a.length, b.length));
        assert.ok(distance >= Math.abs(a.length - b.length));
      }),
    );
  });
});
