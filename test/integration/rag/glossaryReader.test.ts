import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createGlossaryReader } from '../../../src/rag/glossaryReader.ts';
import { repository } from '../../host/folders.ts';

const worker = join(repository, 'dist/glossaryWorker.cjs');
const never = new AbortController().signal;

/** Lets its reader work for minutes: the time of each level of nesting grows with those above it. */
const slow = '? '.repeat(100_000);

describe('the reader of glossaries', () => {
  const read = createGlossaryReader(worker);

  it('reads in its thread what the form says', async () => {
    const { content, faults } = await read('terms:\n  - {term: a, means: b}\n  - {term: 3}\n', never);
    assert.deepEqual(content.terms, [{ term: 'a', means: 'b' }]);
    assert.deepEqual(
      faults.map(({ line }) => line),
      [3],
    );
  });

  it('reads nothing of a file that is too large, and then does not know what it hides', async () => {
    const { faults, hidesUnknown } = await read('# '.repeat(5_000_000), never);
    assert.deepEqual(
      [faults[0]?.message, hidesUnknown],
      ['The file is too large: Khipu reads 256 KB of it at most.', true],
    );
  });

  it('ends with one that keeps it busy', async () => {
    const { faults, hidesUnknown } = await createGlossaryReader(worker, 500)(slow, never);
    assert.deepEqual([faults[0]?.message, hidesUnknown], ['The file takes longer than 0.5 s to read.', true]);
  });

  it('is cancelled', async () => {
    const leaving = new AbortController();
    const reading = read(slow, leaving.signal);
    leaving.abort();
    await assert.rejects(reading, { kind: 'cancelled' });
  });
});
