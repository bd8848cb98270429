import assert from 'node:assert/strict';
import { indexLook } from '../../../src/editor/indexLook.ts';
import type { IndexState } from '../../../src/rag/indexState.ts';
import { cancelled, KhipuError } from '../../../src/shared/errors.ts';

const ready: IndexState & { phase: 'ready' } = {
  phase: 'ready',
  passages: 0,
  items: 12_345,
  engine: 'lancedb',
  embedder: 'builtin',
  store: undefined,
  rebuilt: false,
  notice: undefined,
  failure: undefined,
};

describe('the look of an index', () => {
  it('says how far it is, in steps that do not flicker', () => {
    const short = (done: number, total: number): string | undefined =>
      indexLook({ phase: 'indexing', done, total }).short;
    assert.deepEqual(
      [short(0, 31), short(3, 31), short(4, 31), short(30, 31), short(31, 31), short(0, 0)],
      ['indexing 0 %', 'indexing 0 %', 'indexing 10 %', 'indexing 90 %', 'indexing 100 %', 'indexing 100 %'],
    );
    assert.equal(
      indexLook({ phase: 'indexing', done: 1000, total: 10_000 }).long,
      'Indexing: 1,000 of 10,000. Questions are answered meanwhile.',
    );
  });

  it('is silent in the row while all is well, and says in the tooltip what it is made with', () => {
    assert.deepEqual(indexLook(ready), {
      short: undefined,
      long: 'Index of 12,345 tables and verified questions, by the built-in embedder.',
    });
    assert.match(
      indexLook({ ...ready, embedder: 'ollama:nomic-embed-text' }).long,
      /by ollama:nomic-embed-text\.$/,
    );
  });

  it('says where it is shared', () => {
    assert.equal(
      indexLook({ ...ready, store: 's3://team/khipu' }).long,
      'Index of 12,345 tables, by the built-in embedder, in s3://team/khipu.',
    );
  });

  it('says what is not as it should be', () => {
    const notice = '127.0.0.1:1 could not be reached. The index of the built-in embedder answers instead.';
    const failure = new KhipuError('model-unreachable', '127.0.0.1:1 could not be reached.');
    const lesser = indexLook({ ...ready, notice, failure });
    assert.equal(lesser.short, 'built-in index');
    assert.ok(lesser.long.endsWith(`\n${notice}`));
    const memory = indexLook({ ...ready, engine: 'memory', notice, failure });
    assert.deepEqual([memory.short, memory.long.includes('in memory.')], ['index in memory', true]);
    assert.equal(indexLook({ phase: 'failed', error: cancelled() }).short, 'index incomplete');
    const failed = indexLook({ phase: 'failed', error: new KhipuError('internal', 'It broke.') });
    assert.deepEqual(failed, { short: 'index failed', long: 'The index could not be made: It broke.' });
  });
});
