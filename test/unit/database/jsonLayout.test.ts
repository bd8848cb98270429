import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jsonLayout } from '../../../src/database/jsonLayout.ts';

function laidOut(text: string, partBytes = 64_000): string {
  const shape = jsonLayout();
  const bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += partBytes) parts.push(shape(bytes.subarray(at, at + partBytes)));
  return Buffer.concat(parts).toString();
}

describe('jsonLayout', () => {
  it('puts members and items on lines of their own, and keeps what is empty together', () => {
    const text = '{"a": [1, {"b":null}], "c": {}, "d":[ ], "e": "x, [y]: \\"z\\" é😀"}';
    const wanted = `{
  "a": [
    1,
    {
      "b": null
    }
  ],
  "c": {},
  "d": [],
  "e": "x, [y]: \\"z\\" é😀"
}`;
    assert.equal(laidOut(text), wanted);
    assert.equal(laidOut(wanted), wanted);
  });

  it('keeps every digit', () => {
    assert.equal(laidOut('[9007199254740993,0.10,1E400]'), '[\n  9007199254740993,\n  0.10,\n  1E400\n]');
  });

  it('gives what JSON.stringify gives, however the text comes in parts', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 20 }), (value, partBytes) => {
        assert.equal(laidOut(JSON.stringify(value), partBytes), JSON.stringify(value, undefined, 2));
      }),
    );
  });

  it('lays out 20 MB of small tokens, and does not indent without end', () => {
    assert.equal(laidOut(`[${'1,'.repeat(10_000_000)}1]`).length, 10_000_000 * 5 + 7);
    const deep = '['.repeat(5000) + ']'.repeat(5000);
    assert.ok(laidOut(deep).length < 10_000 + 2 * 5000 * 202);
  });
});
