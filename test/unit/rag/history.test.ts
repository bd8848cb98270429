import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptedExamples, type HistoryEntry } from '../../../src/rag/history.ts';
import { HistoryFile } from '../../../src/rag/historyFile.ts';

const entry = (id: string, question: string, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  ...{ id, at: '2026-01-02T03:04:05.000Z', connectionId: 'farm', connection: 'Farm', question },
  ...{ sql: `SELECT '${id}'`, source: 'model', model: 'ollama:m', outcome: 'rows' },
  ...more,
});

describe('acceptedExamples', () => {
  it('are the newest accepted SQL of each question of a connection', () => {
    const entries = [
      entry('1', 'How many llamas are there?', { accepted: true }),
      entry('2', 'Who shears them?'),
      entry('3', 'how many llamas', { accepted: true }),
      entry('4', 'Which are sold?', { accepted: true, connectionId: 'barn' }),
      entry('5', 'Which are black?', { accepted: true, source: 'verified' }),
      entry('6', 'Which are white?', { accepted: true, sql: undefined }),
      entry('7', 'Which are old?', { accepted: true }),
    ];
    assert.deepEqual(acceptedExamples(entries, 'farm'), [
      { question: 'Which are old?', sql: `SELECT '7'` },
      { question: 'how many llamas', sql: `SELECT '3'` },
    ]);
  });
});

describe('HistoryFile', () => {
  let folder: string;
  let path: string;
  const log: string[] = [];
  const open = () => new HistoryFile(path, (line) => log.push(line));
  const ids = async (file: HistoryFile) => [...(await file.entries()).keys()];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'khipu-history-'));
    path = join(folder, 'storage', 'history.jsonl');
    log.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is there after a restart: what was added, accepted and removed', async () => {
    const file = open();
    assert.deepEqual(await ids(file), []);
    await Promise.all([
      file.write({ add: entry('1', 'a') }),
      file.write({ add: entry('2', 'b') }),
      file.write({ add: entry('3', 'c') }),
      file.write({ accept: '3' }),
      file.write({ remove: '1' }),
      file.write({ accept: 'gone' }),
    ]);
    assert.deepEqual(await ids(file), ['2', '3']);
    const again = await open().entries();
    assert.deepEqual([...again.values()], [entry('2', 'b'), entry('3', 'c', { accepted: true })]);
    if (process.platform !== 'win32') assert.equal((await stat(path)).mode & 0o777, 0o600);
    await file.write({ clear: true });
    assert.deepEqual(await ids(open()), []);
  });

  it('loses no more than the line that a crash has torn, and goes on after it', async () => {
    await open().write({ add: entry('1', 'a') });
    await appendFile(path, 'not JSON\n{"add":{"id":7}}\n{"add":{"id":"2","at":"20');
    const file = open();
    assert.deepEqual(await ids(file), ['1']);
    assert.deepEqual(log, ['history: 3 of 4 lines cannot be read, and are passed over.']);
    await file.write({ add: entry('3', 'c') });
    assert.deepEqual(await ids(open()), ['1', '3']);
  });

  it('takes the lines of two windows', async () => {
    const [one, two] = [open(), open()];
    await Promise.all([one.entries(), two.entries()]);
    await Promise.all([one.write({ add: entry('1', 'a') }), two.write({ add: entry('2', 'b') })]);
    assert.deepEqual((await ids(open())).sort(), ['1', '2']);
  });

  it('is written anew when most of it says nothing any more', async () => {
    const file = open();
    await file.write({ add: entry('kept', 'a') });
    const dead = Array.from({ length: 1001 }, (_, n) => `${JSON.stringify({ remove: `gone ${n}` })}\n`);
    await appendFile(path, dead.join(''));
    assert.deepEqual(await ids(open()), ['kept']);
    assert.equal((await readFile(path, 'utf8')).trim().split('\n').length, 1);
  });

  it('fails no question when it cannot be written', async () => {
    path = join('/dev/null', 'history.jsonl');
    const file = open();
    await file.write({ add: entry('1', 'a') });
    assert.deepEqual(await ids(file), ['1']);
    assert.match(log.join(), /history: not written/);
  });
});
