import assert from 'node:assert/strict';
import { missingInstructions } from '../../../src/rag/cpu.ts';

describe('the processor', () => {
  it('is asked for AVX2 and FMA, as whole words', () => {
    assert.deepEqual(missingInstructions('model name\t: X\nflags\t\t: fpu avx avx2 fma sse\n'), []);
    assert.deepEqual(missingInstructions('flags\t\t: fpu avx fma4 sse4_2\n'), ['avx2', 'fma']);
    assert.deepEqual(missingInstructions('flags\t\t: avx2\nflags\t\t: avx2 fma\n'), ['fma']);
  });

  it('is not judged by a text that says nothing', () =>
    assert.deepEqual(missingInstructions('Features : neon'), []));
});
