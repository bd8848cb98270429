import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { usualLimits, walkDocuments, type WalkLimits } from '../../../src/rag/documentWalk.ts';
import { never } from './schema.ts';

describe('the walk through folders of documents', () => {
  let root: string;
  const write = (...names: readonly string[]): void => {
    for (const name of names) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), name);
    }
  };
  const walk = async (
    paths: readonly string[],
    limits: WalkLimits = usualLimits,
    optional = false,
  ): Promise<{ names: string[]; notices: string[] }> => {
    const folders = paths.map((path) => ({ path: join(root, path), base: root, optional }));
    const { files, notices } = await walkDocuments(folders, limits, never);
    return { names: files.map(({ name }) => name), notices };
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'khipu-walk-'));
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('finds what can be read, by its ending, in every folder below', async () => {
    write(
      'docs/b.MD',
      'docs/a.txt',
      'docs/deep/er/c.pdf',
      'docs/d.sql',
      'docs/e.markdown',
      'docs/f.ts',
      'other.md',
    );
    const { names, notices } = await walk(['docs']);
    assert.deepEqual(names, [
      'docs/a.txt',
      'docs/b.MD',
      'docs/d.sql',
      'docs/deep/er/c.pdf',
      'docs/e.markdown',
    ]);
    assert.deepEqual(notices, []);
  });

  it('passes over what was not written for people, and what is hidden', async () => {
    write('a.md', 'node_modules/x/readme.md', '.git/info.md', '.hidden/b.md', '.khipu/docs/c.md');
    assert.deepEqual((await walk(['.'])).names, ['a.md']);
    assert.deepEqual((await walk(['.khipu/docs'])).names, ['.khipu/docs/c.md']);
  });

  it('reads a document once, however many folders hold it', async () => {
    write('docs/deep/a.md');
    assert.deepEqual((await walk(['docs', 'docs/deep', 'docs'])).names, ['docs/deep/a.md']);
  });

  it('follows the folder itself when it is a link, and none inside it', async () => {
    write('real/a.md', 'secret/b.md');
    symlinkSync(join(root, 'real'), join(root, 'docs'));
    symlinkSync(join(root, 'real'), join(root, 'real/loop'));
    symlinkSync(join(root, 'secret'), join(root, 'real/out'));
    symlinkSync(join(root, 'secret/b.md'), join(root, 'real/b.md'));
    const { names, notices } = await walk(['docs']);
    assert.deepEqual([names, notices], [['docs/a.md'], []]);
  });

  it('reads no folder that leads out of the one that it has to lie in', async () => {
    write('work/docs/a.md', 'secret/b.md');
    symlinkSync(join(root, 'secret'), join(root, 'work/link'));
    const base = join(root, 'work');
    const read = (path: string) =>
      walkDocuments([{ path: join(base, path), base, within: base, optional: false }], usualLimits, never);
    assert.deepEqual(
      (await read('docs')).files.map(({ name }) => name),
      ['docs/a.md'],
    );
    for (const path of ['link', '../secret', '..']) {
      const { files, notices } = await read(path);
      assert.deepEqual(files, []);
      assert.match(notices[0] ?? '', /^The folder .* lies outside of the workspace and is not read\.$/);
    }
  });

  it('says what is not there, unless it need not be', async () => {
    write('file.md');
    const { notices } = await walk(['missing', 'file.md']);
    assert.deepEqual(notices, ['The folder missing does not exist.', 'file.md is not a folder.']);
    assert.deepEqual(await walk(['missing'], usualLimits, true), { names: [], notices: [] });
  });

  it('stops where there are too many documents, or too much else, and says so', async () => {
    for (let at = 0; at < 30; at++) write(`docs/${at}.md`, `junk/${at}.bin`);
    const documents = await walk(['docs', 'junk'], { documents: 10, entries: 1000 });
    assert.equal(documents.names.length, 10);
    assert.deepEqual(documents.notices, ['There are more than 10 documents in docs: the rest is not read.']);
    const entries = await walk(['junk', 'docs'], { documents: 10, entries: 20 });
    assert.deepEqual(entries.names, []);
    assert.deepEqual(entries.notices, [
      'There are more than 20 files and folders in junk: the rest is not read.',
    ]);
  });

  it('can be cancelled', async () => {
    const folders = [{ path: root, base: root, optional: false }];
    await assert.rejects(walkDocuments(folders, usualLimits, AbortSignal.abort()), { kind: 'cancelled' });
  });
});
