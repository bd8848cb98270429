/** The vectors file and its word table: what is written is read again, and damage is noticed. */
import assert from 'node:assert/strict';
import {
  decodeVectors,
  encodeVectors,
  quantise,
  vectorsId,
  type WordVectors,
} from '../../../src/models/vectorFile.ts';
import { buildWordTable, lookUp } from '../../../src/models/wordTable.ts';

const words = ['the', 'naïve', '客户', 'customer', 'x1'];

function small(): WordVectors {
  const vectors = words.map((_, word) => [word, -2 * word, 0.5]);
  return {
    id: vectorsId,
    dimension: 3,
    table: buildWordTable(words),
    ranks: Uint32Array.of(0, 5, 6, 70, 71),
    ...quantise(vectors, 3),
  };
}

describe('vectorFile', () => {
  it('gives back what was written, from aligned and unaligned bytes', () => {
    const bytes = encodeVectors(small());
    const shifted = Buffer.concat([Buffer.alloc(1), bytes]).subarray(1);
    for (const source of [bytes, shifted]) {
      const read = decodeVectors(source);
      assert.equal(read.id, vectorsId);
      assert.equal(read.dimension, 3);
      assert.deepEqual([...read.ranks], [0, 5, 6, 70, 71]);
      assert.deepEqual([...read.scales], [...small().scales]);
      assert.deepEqual([...read.numbers], [...small().numbers]);
      assert.deepEqual(
        words.map((word) => lookUp(read.table, word)),
        [0, 1, 2, 3, 4],
      );
      assert.deepEqual(
        ['', 'th', 'custome', 'customers', 'unknown'].map((word) => lookUp(read.table, word)),
        [undefined, undefined, undefined, undefined, undefined],
      );
    }
  });

  it('quantises within half a step of each vector, and keeps a zero vector', () => {
    const vector = [0.013, -1.7, 0.9, 0];
    const { scales, numbers } = quantise([vector, [0, 0, 0, 0]], 4);
    vector.forEach((number, i) =>
      assert.ok(Math.abs(number - numbers[i]! * scales[0]!) <= scales[0]! / 2 + 1e-7),
    );
    assert.deepEqual([...numbers.subarray(4)], [0, 0, 0, 0]);
    assert.equal(scales[1], 0);
  });

  it('notices a flipped bit anywhere, a short file, another version and another kind of file', () => {
    const bytes = encodeVectors(small());
    for (let at = 64; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = damaged[at]! ^ 1;
      assert.throws(() => decodeVectors(damaged), /checksum/);
    }
    assert.throws(() => decodeVectors(bytes.subarray(0, bytes.length - 1)), /bytes instead of/);
    assert.throws(() => decodeVectors(bytes.subarray(0, 10)), /not a vectors file/);
    assert.throws(() => decodeVectors(Buffer.alloc(100)), /not a vectors file/);
    const newer = Buffer.from(bytes);
    newer.writeUInt32LE(9, 8);
    assert.throws(() => decodeVectors(newer), /version is 9/);
  });

  it('finds every word of a table with many collisions', () => {
    const many = Array.from({ length: 5000 }, (_, i) => `w${i}`);
    const table = buildWordTable(many);
    assert.ok(many.every((word, i) => lookUp(table, word) === i));
    assert.equal(lookUp(table, 'w5000'), undefined);
  });
});
