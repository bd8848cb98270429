import assert from 'node:assert/strict';
import fc from 'fast-check';
import { candidateCount, fuse } from '../../../src/rag/fusion.ts';

describe('Reciprocal Rank Fusion', () => {
  it('scores as the paper does, and keeps each place', () => {
    const hits = fuse({ text: ['a', 'b'], vector: ['b', 'c'] }, 10);
    assert.deepEqual(hits, [
      { id: 'b', score: 1 / 62 + 1 / 61, ranks: { text: 2, vector: 1 } },
      { id: 'a', score: 1 / 61, ranks: { text: 1 } },
      { id: 'c', score: 1 / 62, ranks: { vector: 2 } },
    ]);
  });

  it('orders equal scores by id, and stops at the limit', () => {
    assert.deepEqual(
      fuse({ text: ['z'], vector: ['a'] }, 5).map(({ id }) => id),
      ['a', 'z'],
    );
    assert.equal(fuse({ text: ['a', 'b', 'c'] }, 2).length, 2);
    assert.deepEqual(fuse({}, 5), []);
  });

  it('keeps the order of a single ranking, and counts a repeated id once', () => {
    const ids = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 30 });
    fc.assert(
      fc.property(ids, (list) => {
        assert.deepEqual(
          fuse({ text: [...list, ...list] }, 99).map(({ id }) => id),
          list,
        );
      }),
    );
  });

  it('fuses more than it gives', () => {
    assert.equal(candidateCount(8), 50);
    assert.equal(candidateCount(100), 400);
  });
});
