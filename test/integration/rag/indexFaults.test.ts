/** What may befall an index: killed processes, damaged files, a full disk, two windows. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash } from '../../../src/rag/contentHash.ts';
import { localPlace } from '../../../src/rag/indexPlace.ts';
import type { DurableStore, KnowledgeItem } from '../../../src/rag/knowledgeStore.ts';
import { IndexProcess } from '../../../src/rag/workerClient.ts';
import { never } from '../../unit/rag/schema.ts';
import {
  buildVectors,
  isGone,
  processLog,
  shopItems,
  temporaryDirectory,
  vectorsPath,
  workerEntry,
} from './indexProcess.ts';
import { smallDisk } from './smallDisk.ts';

/** A word that no other table has, and that no splitter of words takes apart. */
function wordOf(index: number): string {
  return `xq${String(index).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!)}`;
}

/** Several batches of tables, each with a word of its own. */
function manyItems(count: number, version = ''): KnowledgeItem[] {
  return Array.from({ length: count }, (_, index) => {
    const text = `${wordOf(index)} orders of customer ${version}`;
    return { kind: 'table', id: `public.t${index}`, text, hash: contentHash(text) };
  });
}

const five = { kind: 'table', limit: 5 } as const;

function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(directory, name)).isFile())
    .sort();
}

describe('an index', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  const processes: IndexProcess[] = [];

  const startProcess = (log = processLog()): IndexProcess => {
    const started = new IndexProcess({ workerEntry, vectorsPath, log: log.log });
    processes.push(started);
    return started;
  };
  const place = (name = 'shop') => localPlace(directory.path, name, 'test');
  const first = async (store: DurableStore, question: string): Promise<string | undefined> =>
    (await store.search(question, five, never))[0]?.id;

  before(buildVectors);
  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((each) => each.dispose()));
    directory.remove();
  });

  it('is whole although its process is killed again and again while it is made', async () => {
    const index = startProcess();
    const store = index.store(place());
    const items = manyItems(2000);
    const killed = new Set<number>();
    const report = await store.indexTelling(
      items,
      {
        onProgress: () => {
          // After each batch: the next one finds no process, or one that dies under it.
          const pid = index.pid;
          if (pid === undefined || killed.has(pid)) return;
          killed.add(pid);
          process.kill(pid, 'SIGKILL');
        },
      },
      never,
    );
    assert.ok(killed.size >= 4, `${killed.size} killed`);
    assert.deepEqual([report.added, report.rebuilt], [2000, false]);
    assert.ok([...killed].every(isGone));
    const again = await store.index(items, never);
    assert.deepEqual([again.added, again.removed, again.kept, again.rebuilt], [0, 0, 2000, false]);
    for (const at of [0, 499, 500, 1999]) assert.equal(await first(store, wordOf(at)), `public.t${at}`);
  });

  it('keeps what is in it when the window dies, and the next window goes on from there', async () => {
    const index = startProcess();
    const items = manyItems(1600);
    const window = new AbortController();
    const dying = index.store(place()).indexTelling(
      items,
      {
        onProgress: (done) => {
          if (done < 500) return;
          process.kill(index.pid!, 'SIGKILL');
          window.abort();
        },
      },
      window.signal,
    );
    await assert.rejects(dying, { kind: 'cancelled' });
    await index.dispose();
    const store = startProcess().store(place());
    // The index is not finished: what is there is found, and nothing fails.
    await store.search('orders', five, never);
    const report = await store.index(items, never);
    assert.equal(report.rebuilt, false);
    assert.ok(report.kept >= 500 && report.added > 0, JSON.stringify(report));
    assert.equal(await first(store, wordOf(1599)), 'public.t1599');
  });

  it('makes its full text although everything was put before the window died', async () => {
    const items = manyItems(10).map((item) => ({ ...item, kind: 'verified' as const }));
    const index = startProcess();
    const window = new AbortController();
    const dying = index.store(place()).indexTelling(
      items,
      {
        onProgress: (done) => {
          if (done === 10) window.abort();
        },
      },
      window.signal,
    );
    await assert.rejects(dying, { kind: 'cancelled' });
    await index.dispose();
    const store = startProcess().store(place());
    assert.equal((await store.index(items, never)).kept, 10);
    assert.equal((await store.search(wordOf(7), { kind: 'verified', limit: 5 }, never))[0]?.ranks.text, 1);
  });

  it('opens or is made anew whatever happens to any of its files', async () => {
    const items = await shopItems();
    const maker = startProcess();
    await maker.store(place('pristine')).index(items, never);
    await maker.dispose();
    const pristine = place('pristine').uri;
    const index = startProcess();
    const harms = {
      cut: (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2)),
      emptied: (path: string) => truncateSync(path, 0),
      overwritten: (path: string) => writeFileSync(path, 'not what it was'),
      removed: (path: string) => rmSync(path),
    };
    const seen = { kept: 0, rebuilt: 0 };
    for (const name of files(pristine)) {
      for (const [how, harm] of Object.entries(harms)) {
        const what = `${name} ${how}`;
        const harmed = place(what);
        mkdirSync(harmed.uri, { recursive: true });
        cpSync(pristine, harmed.uri, { recursive: true });
        harm(join(harmed.uri, name));
        const store = index.store(harmed);
        let report = await store.index(items, never);
        let found = await first(store, 'warehouse stock').catch((thrown: unknown) => thrown);
        if (found instanceof Error) {
          // Shows only when it is read: the search says so, and the next update makes it anew.
          assert.equal('kind' in found && found.kind, 'index-unavailable', what);
          report = await store.index(items, never);
          assert.equal(report.rebuilt, true, what);
          found = await first(store, 'warehouse stock');
        }
        assert.equal(found, 'public.warehouse_stock', what);
        const again = await store.index(items, never);
        assert.deepEqual([again.added, again.kept, again.rebuilt], [0, items.length, false], what);
        seen[report.rebuilt ? 'rebuilt' : 'kept']++;
      }
    }
    assert.ok(seen.kept > 0 && seen.rebuilt > 10, JSON.stringify(seen));
  });

  it('says that the disk is full, answers with what it has, and goes on when there is room', async () => {
    const disk = smallDisk();
    const index = startProcess();
    try {
      const full = localPlace(disk.path, 'shop', 'test');
      const store = index.store(full);
      await store.index(manyItems(20), never);
      disk.fill(index.pid!);
      await assert.rejects(store.index(manyItems(600, 'changed'), never), {
        kind: 'index-unavailable',
        message: /^The index could not be kept: (the disk is full|a file would grow)/,
      });
      assert.equal(await first(store, wordOf(7)), 'public.t7');
      disk.free(index.pid!);
      const report = await store.index(manyItems(600, 'changed'), never);
      assert.deepEqual([report.rebuilt, report.added + report.kept], [false, 600]);
      assert.equal(await first(store, wordOf(599)), 'public.t599');
    } finally {
      await index.dispose();
      disk.remove();
    }
  });

  it('is one for two windows that make it at the same time', async () => {
    const items = manyItems(1200);
    const [one, two] = [startProcess().store(place()), startProcess().store(place())];
    const reports = await Promise.all([one.index(items, never), two.index(items, never)]);
    assert.deepEqual(
      reports.map(({ rebuilt }) => rebuilt),
      [false, false],
    );
    for (const store of [one, two]) {
      const hits = await store.search(wordOf(1000), five, never);
      assert.deepEqual(new Set(hits.map(({ id }) => id)).size, hits.length);
      assert.equal(hits[0]?.id, 'public.t1000');
    }
    // What both have put stands there once after the next update.
    await one.index(items, never);
    const calm = await two.index(items, never);
    assert.deepEqual([calm.added, calm.removed, calm.kept], [0, 0, 1200]);
  });

  it('shows one window what another one has changed', async () => {
    const [one, two] = [startProcess().store(place()), startProcess().store(place())];
    await one.index(manyItems(20), never);
    assert.equal((await two.index(manyItems(20), never)).kept, 20);
    await two.index(
      [...manyItems(20), ...manyItems(1, 'zymurgy').map((item) => ({ ...item, id: 'public.new' }))],
      never,
    );
    assert.equal(await first(one, 'zymurgy'), 'public.new');
    await two.compact(never);
    assert.equal(await first(one, 'zymurgy'), 'public.new');
  });

  it('survives that another window makes it anew', async () => {
    const items = await shopItems();
    const [one, two] = [startProcess().store(place()), startProcess().store(place())];
    await one.index(items, never);
    await two.index(items, never);
    await two.clear(never);
    await two.index(items, never);
    assert.equal(await first(one, 'warehouse stock'), 'public.warehouse_stock');
    assert.equal((await one.index(items, never)).kept, items.length);
  });

  it('is made anew once although two windows find it damaged', async () => {
    const items = await shopItems();
    const [one, two] = [startProcess().store(place()), startProcess().store(place())];
    await one.index(items, never);
    await two.index(items, never);
    const { uri } = place();
    for (const name of files(uri)) writeFileSync(join(uri, name), 'not what it was');
    const reports = [await one.index(items, never), await two.index(items, never)];
    assert.deepEqual(
      reports.map(({ rebuilt }) => rebuilt),
      [true, false],
    );
    for (const store of [one, two])
      assert.equal(await first(store, 'warehouse stock'), 'public.warehouse_stock');
  });

  it('leaves nothing of an older layout behind', async () => {
    const { uri } = place();
    const old = uri.replace(/v\d+-/, 'v1-');
    const later = uri.replace(/v\d+-/, 'v99-');
    const aside = `${uri}.damaged-1`;
    for (const each of [old, later, aside]) mkdirSync(each, { recursive: true });
    await startProcess().store(place()).index(manyItems(1), never);
    assert.deepEqual(
      readdirSync(join(uri, '..')).sort(),
      [uri, later].map((path) => path.split('/').at(-1)).sort(),
    );
  });
});
