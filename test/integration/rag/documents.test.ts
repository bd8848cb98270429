import assert from 'node:assert/strict';
import { mkdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createDocumentLibrary, type DocumentLibrary } from '../../../src/rag/documentLibrary.ts';
import type { DocumentSet } from '../../../src/rag/documentSet.ts';
import { never } from '../../unit/rag/schema.ts';
import { longestHold } from '../database/eventLoop.ts';
import { isGone, temporaryDirectory } from './indexProcess.ts';
import { pdfOf } from './pdfFiles.ts';

const readerEntry = resolve('src/rag/documentReader.ts');

describe('the documents of a folder', () => {
  let root: ReturnType<typeof temporaryDirectory>;
  let library: DocumentLibrary;
  let lines: string[];
  const write = (name: string, content: string | Buffer): string => {
    const path = join(root.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  const open = (over: { entry?: string; patienceMs?: number } = {}): DocumentLibrary =>
    createDocumentLibrary({
      readerEntry: over.entry ?? readerEntry,
      folders: () => [{ path: join(root.path, 'docs'), base: root.path, optional: true }],
      log: (line) => lines.push(line),
      ...(over.patienceMs !== undefined && { patienceMs: over.patienceMs }),
    });
  const texts = ({ passages }: DocumentSet): string[] => [...passages.values()].map(({ text }) => text);

  beforeEach(() => {
    root = temporaryDirectory();
    lines = [];
    library = open();
  });

  afterEach(async () => {
    await library.dispose();
    root.remove();
  });

  it('are read in a process of their own, each passage with its place', async () => {
    write('docs/returns.md', '# Orders\n\n## Returns\n\nA return is open until it is paid back.\n');
    write('docs/sub/late.txt', 'Late is after the promised date.');
    write('docs/kpi.sql', '-- VIP: more than 1000 EUR.\nCREATE VIEW vip AS SELECT 1;');
    const page = [
      { text: 'Holidays', top: 60, height: 24 },
      { text: 'Every colleague has twen-', top: 100 },
      { text: 'ty-eight days of leave.', top: 114 },
      { text: 'Ask your manager first.', top: 150 },
    ];
    write('docs/leave.pdf', pdfOf([page, [{ text: 'Second page (last).', top: 60 }]]));
    const { passages, files, notices } = await library.refresh(never);
    assert.deepEqual(
      [...passages.values()].map(({ file, heading, text, place }) => [file, heading, text, place]),
      [
        ['docs/kpi.sql', ['CREATE VIEW vip'], 'VIP: more than 1000 EUR.', { unit: 'line', from: 1, to: 1 }],
        [
          'docs/leave.pdf',
          [],
          'Holidays\n\nEvery colleague has twenty-eight days of leave.\n\nAsk your manager first.\n\nSecond page (last).',
          { unit: 'page', from: 1, to: 2 },
        ],
        [
          'docs/returns.md',
          ['Orders', 'Returns'],
          'A return is open until it is paid back.',
          { unit: 'line', from: 5, to: 5 },
        ],
        ['docs/sub/late.txt', [], 'Late is after the promised date.', { unit: 'line', from: 1, to: 1 }],
      ],
    );
    assert.deepEqual([files, notices], [4, []]);
    assert.equal(library.processId, undefined);
  });

  it('are not there where there is no folder, and no process is started for none', async () => {
    library = open({ entry: '/no/such/entry.cjs' }); // which would be told of
    const { passages, files, notices } = await library.refresh(never);
    assert.deepEqual([passages.size, files, notices], [0, 0, []]);
  });

  it('are read again only where they have changed, and forgotten when they are gone', async () => {
    const kept = write('docs/kept.md', 'Kept.');
    const changed = write('docs/changed.md', 'Before.');
    const before = await library.refresh(never);
    assert.equal(await library.refresh(never), before);
    // A document that is not read again is not missed either: its content is another one now, its times are not.
    const { atime, mtime } = { atime: new Date(1e12), mtime: new Date(1e12) };
    utimesSync(kept, atime, mtime);
    await library.refresh(never);
    writeFileSync(kept, 'Kapt.');
    utimesSync(kept, atime, mtime);
    writeFileSync(changed, 'After, and more.');
    assert.deepEqual(texts(await library.refresh(never)), ['After, and more.', 'Kept.']);
    rmSync(changed);
    assert.deepEqual(texts(await library.refresh(never)), ['Kept.']);
    rmSync(join(root.path, 'docs'), { recursive: true });
    assert.deepEqual(texts(await library.refresh(never)), []);
  });

  it('are read once more when somebody asks while they are read', async () => {
    write('docs/a.md', 'One.');
    const first = library.refresh(never);
    await Promise.resolve();
    const [second, third] = [library.refresh(never), library.refresh(never)];
    assert.equal(await second, await third);
    assert.deepEqual(texts(await first), ['One.']);
  });

  it('that cannot be read are told of, each for its reason, and the others are read', async () => {
    write('docs/good.md', 'Good.');
    truncateSync(write('docs/huge.txt', ''), 100 * 1024 * 1024);
    truncateSync(write('docs/huge.pdf', '%PDF-1.4\n'), 100 * 1024 * 1024);
    write('docs/junk.md', Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256)));
    write('docs/broken.pdf', 'This is no PDF at all.');
    write('docs/cut.pdf', pdfOf([[{ text: 'Cut.', top: 60 }]]).subarray(0, 120));
    write('docs/secret.pdf', pdfOf([[{ text: 'Secret.', top: 60 }]], true));
    write('docs/scan.pdf', pdfOf([[]]));
    write(
      'docs/stray.md',
      Buffer.concat([Buffer.from('A stray byte '), Buffer.from([0xff]), Buffer.from(' here.')]),
    );
    write('docs/utf16.txt', Buffer.from('\ufeffWide text.', 'utf16le'));
    const set = await library.refresh(never);
    assert.deepEqual(texts(set), ['Good.', 'A stray byte � here.', 'Wide text.']);
    assert.deepEqual(set.notices, [
      'docs/broken.pdf is damaged, or not a PDF.',
      'docs/cut.pdf is damaged, or not a PDF.',
      'docs/huge.pdf has 100 MB; up to 20 MB are read.',
      'docs/huge.txt has 100 MB; up to 5 MB are read.',
      'docs/junk.md is not text in UTF-8.',
      'docs/scan.pdf holds no text: it may be scanned.',
      'docs/secret.pdf is encrypted and needs a password.',
    ]);
    assert.deepEqual(
      lines.filter((line) => /Secret|Cut\./.test(line)),
      [],
    );
  });

  it('do not hold the event loop, however many passages they have', async () => {
    const paragraph = `${'many words of a long document '.repeat(25)}\n\n`;
    for (let at = 0; at < 3; at++) write(`docs/${at}.txt`, `${at} ${paragraph}`.repeat(4000));
    const delay = await longestHold(async () => {
      assert.equal((await library.refresh(never)).files, 3);
    });
    assert.ok(delay < 50, `${delay} ms`);
  });

  it('that kill their reader, or never end, are left out', async () => {
    for (const name of ['a', 'b-kills', 'c', 'd-hangs', 'e']) write(`docs/${name}.md`, `${name} says so.`);
    library = open({ entry: resolve('test/integration/rag/readerChild.ts'), patienceMs: 1500 });
    const set = await library.refresh(never);
    assert.deepEqual(texts(set), ['a says so.', 'c says so.', 'e says so.']);
    assert.deepEqual(set.notices, [
      'docs/b-kills.md cannot be read: it ends the process that reads it.',
      'docs/d-hangs.md took longer than 1.5 s to read.',
    ]);
  });

  it('that all kill their reader are given up', async () => {
    for (let at = 0; at < 9; at++) write(`docs/${at}-kills.md`, 'No.');
    library = open({ entry: resolve('test/integration/rag/readerChild.ts') });
    const { notices } = await library.refresh(never);
    assert.equal(notices.length, 6);
    assert.equal(notices[0], 'From docs/5-kills.md on the documents are not read.');
  });

  it('are told of where the reader cannot be started', async () => {
    write('docs/a.md', 'One.');
    library = open({ entry: '/no/such/entry.cjs' });
    const { notices } = await library.refresh(never);
    assert.match(notices[0] ?? '', /^The documents could not be looked for: /);
  });

  it('are let go of when Khipu ends, and no process is left', async () => {
    for (const name of ['a', 'd-hangs']) write(`docs/${name}.md`, `${name} says so.`);
    library = open({ entry: resolve('test/integration/rag/readerChild.ts') });
    const reading = library.refresh(never);
    while (library.processId === undefined) await new Promise((done) => setImmediate(done));
    const pid = library.processId;
    const refused = assert.rejects(reading, { kind: 'cancelled' });
    await library.dispose();
    await refused;
    assert.ok(isGone(pid));
    await assert.rejects(library.refresh(never), { kind: 'cancelled' });
  });
});
