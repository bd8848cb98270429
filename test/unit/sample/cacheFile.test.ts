/** The cache file: found only by its own content, trusted only when whole. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachePath, readCache, writeCache } from '../../../src/sample/cacheFile.ts';

describe('sample cache file', () => {
  let directory: string;
  let warnings: string[];
  const warn = (line: string): void => void warnings.push(line);
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'khipu-cache-'));
    warnings = [];
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('has another name for other content, also when the same text is cut elsewhere', () => {
    const names = [['schema', 'data'], ['schema', 'data2'], ['schemad', 'ata'], ['schemadata']].map(
      (content) => cachePath('/c', content),
    );
    assert.equal(new Set(names).size, names.length);
    assert.equal(cachePath('/c', ['schema', 'data']), names[0]);
  });

  it('gives back what was written and leaves no other file', async () => {
    const path = cachePath(join(directory, 'deep', 'er'), ['a']);
    await writeCache(path, Buffer.from('the dump'));
    assert.equal((await readCache(path, warn))?.toString(), 'the dump');
    assert.equal((await readdir(join(directory, 'deep', 'er'))).length, 1);
    assert.deepEqual(warnings, []);
  });

  it('is silent about a missing file and warns of every kind of damage', async () => {
    const path = cachePath(directory, ['a']);
    assert.equal(await readCache(path, warn), undefined);
    assert.deepEqual(warnings, []);
    await writeCache(path, Buffer.from('x'.repeat(1000)));
    const whole = await readFile(path);
    const flipped = Buffer.from(whole);
    flipped[500] = 0x21;
    const damaged = [
      Buffer.alloc(0),
      whole.subarray(0, 32),
      whole.subarray(0, 999),
      flipped,
      Buffer.concat([whole, flipped]),
    ];
    for (const bytes of damaged) {
      await writeFile(path, bytes);
      assert.equal(await readCache(path, warn), undefined);
    }
    assert.equal(warnings.length, damaged.length);
    assert.match(warnings[0]!, /damaged/);
  });

  it('survives many writers at once', async () => {
    const path = cachePath(directory, ['a']);
    const dump = Buffer.alloc(300_000, 7);
    await Promise.all(Array.from({ length: 8 }, () => writeCache(path, dump)));
    assert.ok((await readCache(path, warn))?.equals(dump));
    assert.equal((await readdir(directory)).length, 1);
  });

  it('removes dumps of other versions and abandoned temporary files, and nothing else', async () => {
    const stale = cachePath(directory, ['old']);
    const path = cachePath(directory, ['new']);
    const busy = `${path}.11111111-2222.tmp`;
    const abandoned = `${path}.33333333-4444.tmp`;
    const foreign = join(directory, 'sample-notes.txt');
    await writeCache(stale, Buffer.from('old'));
    for (const file of [busy, abandoned, foreign]) await writeFile(file, 'x');
    await utimes(abandoned, new Date(0), new Date(0));
    await writeCache(path, Buffer.from('new'));
    assert.deepEqual(
      (await readdir(directory)).map((name) => join(directory, name)).sort(),
      [path, busy, foreign].sort(),
    );
  });

  it('leaves no temporary file when it cannot write', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    await assert.rejects(writeCache(join(file, 'sample.tar'), Buffer.from('x')));
    assert.deepEqual(await readdir(directory), ['file']);
  });
});
