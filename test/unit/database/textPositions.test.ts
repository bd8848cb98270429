/** Every way of counting is compared with the platform's own encoder and iterator. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  byteMapToUtf16,
  bytesToUtf16,
  codePointsToUtf16,
  utf16ToBytes,
  utf16ToCodePoints,
} from '../../../src/database/textPositions.ts';

const piece = fc.constantFrom(
  'a',
  ' ',
  '\r\n',
  '\n',
  '\r',
  'é',
  'e\u0301',
  'ß',
  '€',
  '名',
  '😀',
  '👨‍👩‍👧',
  '𝒳',
  '\ufeff',
  '\0',
);
const text = fc
  .array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 40 })
  .map((pieces) => pieces.join(''));

/** The beginnings of all characters and the end, in UTF-16. */
function boundaries(of: string): number[] {
  const found = [0];
  for (const character of of) found.push((found.at(-1) ?? 0) + character.length);
  return found;
}

describe('text positions', () => {
  it('count bytes as the UTF-8 encoder does, there and back', () => {
    fc.assert(
      fc.property(text, (sql) => {
        const map = byteMapToUtf16(sql);
        for (const at of boundaries(sql)) {
          const bytes = Buffer.byteLength(sql.slice(0, at));
          assert.equal(utf16ToBytes(sql, at), bytes);
          assert.equal(bytesToUtf16(sql, bytes), at);
          assert.equal(map(bytes), at);
        }
      }),
    );
  });

  it('count code points as iteration does, there and back', () => {
    fc.assert(
      fc.property(text, (sql) => {
        for (const at of boundaries(sql)) {
          const codePoints = Array.from(sql.slice(0, at)).length;
          assert.equal(utf16ToCodePoints(sql, at), codePoints);
          assert.equal(codePointsToUtf16(sql, codePoints), at);
        }
      }),
    );
  });

  it('give the beginning of a character for an offset within it, and an end for one beyond', () => {
    const sql = 'a😀é';
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 7, 99].map((byte) => bytesToUtf16(sql, byte)),
      [1, 1, 1, 1, 3, 3, 4, 4],
    );
    assert.deepEqual(
      [1, 2, 3, 99].map((unit) => utf16ToBytes(sql, unit)),
      [1, 1, 5, 7],
    );
    assert.deepEqual(
      [1, 2, 3, 99].map((unit) => utf16ToCodePoints(sql, unit)),
      [1, 1, 2, 3],
    );
    assert.equal(bytesToUtf16(sql, -1), 0);
    assert.equal(codePointsToUtf16(sql, -1), 0);
    assert.equal(byteMapToUtf16('plain')(-1), 0);
    assert.equal(byteMapToUtf16('plain')(99), 5);
  });

  it('agree at every byte of a long text, with the map and without', () => {
    const sql = 'select 😀, é, 名 from t;\r\n'.repeat(200);
    const map = byteMapToUtf16(sql);
    for (let byte = -1; byte <= Buffer.byteLength(sql) + 1; byte += 7)
      assert.equal(map(byte), bytesToUtf16(sql, byte));
  });
});
