import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { acceptedExamples, type HistoryEntry } from '../../../src/rag/history.ts';
import { HistoryFile } from '../../../src/rag/historyFile.ts';
import { newestMatching } from '../../../src/rag/historySearch.ts';

const noFilter = { words: '', connection: undefined };

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
    assert.deepEqual(log, ['history: 2 of 3 lines cannot be read, and are passed over.']);
    await file.write({ add: entry('3', 'c') });
    assert.deepEqual(log.slice(1), ['history: 1 of 2 lines cannot be read, and are passed over.']);
    assert.deepEqual(await ids(open()), ['1', '3']);
  });

  it('takes the lines of two windows', async () => {
    const [one, two] = [open(), open()];
    await Promise.all([one.entries(), two.entries()]);
    await Promise.all([one.write({ add: entry('1', 'a') }), two.write({ add: entry('2', 'b') })]);
    assert.deepEqual((await ids(open())).sort(), ['1', '2']);
    await Promise.all([one.refresh(), two.refresh()]);
    assert.deepEqual((await ids(one)).sort(), ['1', '2']);
    assert.deepEqual((await ids(two)).sort(), ['1', '2']);
    assert.equal(await one.refresh(), false);
    await one.write({ remove: '2' });
    assert.equal(await two.refresh(), true);
    assert.deepEqual(await ids(two), ['1']);
  });

  it('sees that another window has written it anew', async () => {
    const one = open();
    for (const id of ['1', '2', '3']) await one.write({ add: entry(id, id) });
    await appendFile(path, `${JSON.stringify({ remove: '2' })}\n`.repeat(1100));
    assert.deepEqual(await ids(open()), ['1', '3']);
    assert.equal((await readFile(path, 'utf8')).trim().split('\n').length, 2);
    assert.equal(await one.refresh(), true);
    assert.deepEqual(await ids(one), ['1', '3']);
    await one.write({ add: entry('4', 'd') });
    assert.deepEqual(await ids(open()), ['1', '3', '4']);
  });

  it('keeps every whole line of a writer that is killed at any moment', async function () {
    this.timeout(30_000);
    for (const lines of [1, 20, 300]) {
      const writer = spawn(process.execPath, ['--eval', endlessWriter(path)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let told = 0;
      for await (const piece of writer.stdout) {
        told += String(piece).split('\n').length - 1;
        if (told >= lines) writer.kill('SIGKILL');
      }
      const file = open();
      const kept = (await ids(file)).length;
      assert.ok(kept >= told, `${told} lines were written, ${kept} are there`);
      await file.write({ add: entry('after', 'the crash') });
      assert.equal((await ids(open())).length, kept + 1);
      await file.write({ clear: true });
    }
  });

  it('reads and searches 100,000 questions without holding the event loop', async function () {
    this.timeout(60_000);
    const sql =
      'SELECT count(*) FROM farm.llamas AS l JOIN farm.shearings AS s ON s.llama_id = l.id WHERE l.colour';
    const lines = Array.from({ length: 100_000 }, (_, n) =>
      JSON.stringify({
        add: entry(`id ${n}`, `How many llamas are there? (${n})`, { sql: `${sql} = '${n}'` }),
      }),
    );
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${lines.join('\n')}\n`);
    const held = watchTurns();
    const file = open();
    const all = await file.entries();
    const { signal } = new AbortController();
    const first = await newestMatching(all.values(), noFilter, 200, signal);
    const none = await newestMatching(all.values(), { ...noFilter, words: 'camel' }, 200, signal);
    await file.write({ add: entry('one more', 'x') });
    const longest = held.stop();
    assert.equal(all.size, 100_001);
    assert.deepEqual([first.entries.length, first.more, first.entries[0]?.id], [200, true, 'id 99999']);
    assert.deepEqual(none, { entries: [], more: false });
    assert.ok(longest < 50, `held for ${longest} ms`);
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

/** The longest turn of the event loop in milliseconds of work: by the clock, other processes' turns would count. */
function watchTurns(): { stop(): number } {
  const worked = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let longest = 0;
  let before = worked();
  let watching = true;
  const turn = (): void => {
    const now = worked();
    longest = Math.max(longest, now - before);
    before = now;
    if (watching) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop: () => {
      watching = false;
      return longest;
    },
  };
}

/** Writes line after line, and says so of each, until it is killed. */
function endlessWriter(path: string): string {
  const module = JSON.stringify(join(import.meta.dirname, '../../../src/rag/historyFile.ts'));
  const told = JSON.stringify(entry('', 'What is asked when the writer is killed? '.repeat(20)));
  return `import(${module}).then(async ({ HistoryFile }) => {
    const file = new HistoryFile(${JSON.stringify(path)}, console.error);
    for (let n = 0; ; n++) {
      await file.write({ add: { ...${told}, id: String(n) } });
      require('node:fs').writeSync(1, n + '\\n');
    }
  });`;
}

describe('newestMatching', () => {
  const entries = [
    entry('1', 'How many llamas?', { sql: 'SELECT count(*) FROM farm.llamas' }),
    entry('2', 'Who shears them?', { connection: 'Barn' }),
    entry('3', 'How old is the oldest?', { sql: undefined }),
  ];
  const found = async (words: string, connection?: string): Promise<string[]> => {
    const { signal } = new AbortController();
    return (await newestMatching(entries, { words, connection }, 10, signal)).entries.map(({ id }) => id);
  };

  it('finds every word in question, SQL or connection, newest first', async () => {
    assert.deepEqual(await found(''), ['3', '2', '1']);
    assert.deepEqual(await found('how'), ['3', '1']);
    assert.deepEqual(await found('HOW  from'), ['1']);
    assert.deepEqual(await found('barn'), ['2']);
    assert.deepEqual(await found('how camels'), []);
    assert.deepEqual(await found('', 'Farm'), ['3', '1']);
    assert.deepEqual(await found('shears', 'Farm'), []);
  });

  it('says whether there are older ones', async () => {
    const { signal } = new AbortController();
    const page = await newestMatching(entries, noFilter, 2, signal);
    assert.deepEqual([page.entries.map(({ id }) => id), page.more], [['3', '2'], true]);
    assert.equal((await newestMatching(entries, noFilter, 3, signal)).more, false);
  });
});
