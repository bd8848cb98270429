import assert from 'node:assert/strict';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { itemKinds, type DurableStore } from '../../../src/rag/knowledgeStore.ts';
import type { IndexPlace } from '../../../src/shared/ragProtocol.ts';
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

const place = (uri: string): IndexPlace => ({ key: uri, uri });
const tables = { kind: 'table', limit: 5 } as const;

function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

describe('the index process', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let log: ReturnType<typeof processLog>;
  let index: IndexProcess;
  let store: DurableStore;

  before(buildVectors);
  beforeEach(() => {
    directory = temporaryDirectory();
    log = processLog();
    index = new IndexProcess({ workerEntry, vectorsPath, log: log.log });
    store = index.store(place(directory.path));
  });
  afterEach(async () => {
    await index.dispose();
    directory.remove();
  });

  const names = async (question: string): Promise<string[]> =>
    (await store.search(question, tables, never)).map(({ id }) => id);

  it('indexes, and a second time finds nothing to do', async () => {
    const items = await shopItems();
    const first = await store.index(items, never);
    assert.deepEqual([first.added, first.removed, first.kept, first.rebuilt], [13, 0, 0, false]);
    const second = await store.index(items, never);
    assert.deepEqual([second.added, second.removed, second.kept, second.rebuilt], [0, 0, 13, false]);
  });

  it('keeps the index for the next process', async () => {
    const items = await shopItems();
    await store.index(items, never);
    await index.dispose();
    index = new IndexProcess({ workerEntry, vectorsPath, log: log.log });
    store = index.store(place(directory.path));
    assert.equal((await names('categories'))[0], 'public.categories');
    assert.equal((await store.index(items, never)).kept, 13);
  });

  it('touches only what changed, and forgets what is gone', async () => {
    const items = await shopItems();
    await store.index(items, never);
    const changed = items
      .filter(({ id }) => id !== 'public.employees')
      .map((item) =>
        item.id === 'public.reviews'
          ? { kind: item.kind, id: item.id, text: 'zymurgy', hash: 'changed' }
          : item,
      );
    const report = await store.index(changed, never);
    assert.deepEqual([report.added, report.removed, report.kept], [1, 1, 11]);
    assert.equal((await names('zymurgy'))[0], 'public.reviews');
    assert.ok(!(await names('salary of employees')).includes('public.employees'));
  });

  it('finds exact names, and other words for them by vectors, and says which', async () => {
    await store.index(await shopItems(), never);
    const exact = await store.search('warehouse_stock', tables, never);
    assert.equal(exact[0]?.id, 'public.warehouse_stock');
    assert.deepEqual(exact[0].why?.matched[0], { asked: 'warehouse', found: 'warehouse', similarity: 1 });
    // Neither "wages" nor "workers" stands in the schema.
    const [nearest] = await store.search('wages of workers', tables, never);
    assert.equal(nearest?.id, 'public.employees');
    assert.deepEqual(
      nearest.why?.matched.map(({ found }) => found),
      ['salary', 'employee'],
    );
    assert.ok(nearest.why.parts.table > 0.1 && nearest.why.parts.vector === 0);
  });

  it('keeps the kinds apart', async () => {
    await store.index(await shopItems(), never);
    const hits = await store.search('orders by country', { kind: 'verified', limit: 2 }, never);
    assert.equal(hits.length, 2);
    assert.ok(hits.every(({ id }) => /^[0-9a-f]{32}$/.test(id)));
    const others = itemKinds.map((kind) => ({ kind, id: `a ${kind}`, hash: 'a', text: 'order country' }));
    await store.index(others, never);
    for (const kind of itemKinds) {
      const [hit, ...more] = await store.search('orders by country', { kind, limit: 2 }, never);
      assert.equal(hit?.id, `a ${kind}`);
      assert.deepEqual(more, []);
    }
  });

  it('takes any text as a question', async () => {
    await store.index(await shopItems(), never);
    for (const text of [
      '',
      '?!',
      '"orders',
      "orders' OR 1=1 --",
      'orders AND (NOT "x" ~2 ^3 [a TO b] *',
      '\0',
      '订单',
    ]) {
      assert.ok(Array.isArray(await names(text)), text);
    }
  });

  it('holds names that would break a filter', async () => {
    const id = `public.o'); DROP TABLE "x"; --`;
    const items = [{ kind: 'table', id, text: 'odd name', hash: 'x' } as const];
    await store.index(items, never);
    assert.deepEqual(await names('odd name'), [id]);
    assert.equal((await store.index([], never)).removed, 1);
    assert.deepEqual(await names('odd name'), []);
  });

  it('answers although it is killed during the search', async () => {
    await store.index(await shopItems(), never);
    const killed = index.pid!;
    const answer = names('categories');
    process.kill(killed, 'SIGKILL');
    assert.equal((await answer)[0], 'public.categories');
    assert.notEqual(index.pid, killed);
    assert.ok(isGone(killed));
  });

  it('is up to date after it was killed during indexing', async () => {
    const items = await shopItems();
    log.onStart = (pid) => {
      log.onStart = undefined;
      process.kill(pid, 'SIGKILL');
    };
    assert.equal((await store.index(items, never)).added, 13);
    assert.equal((await names('categories'))[0], 'public.categories');
  });

  it('is given up after three deaths in a row', async () => {
    await store.index(await shopItems(), never);
    const killed = [index.pid!];
    log.onStart = (pid) => {
      killed.push(pid);
      process.kill(pid, 'SIGKILL');
    };
    process.kill(killed[0]!, 'SIGKILL');
    const died = { kind: 'index-unavailable', message: /3 times in a row/ };
    await assert.rejects(names('categories'), died);
    assert.equal(killed.length, 3);
    await assert.rejects(names('categories'), died);
    assert.ok(killed.every(isGone));
  });

  it('makes a damaged index anew, and says so once', async () => {
    const items = await shopItems();
    await store.index(items, never);
    await index.dispose();
    for (const path of files(directory.path)) writeFileSync(path, 'not what it was');
    index = new IndexProcess({ workerEntry, vectorsPath, log: log.log });
    store = index.store(place(directory.path));
    await assert.rejects(names('categories'), { kind: 'index-unavailable' });
    const report = await store.index(items, never);
    assert.deepEqual([report.added, report.rebuilt], [13, true]);
    assert.equal((await store.index(items, never)).rebuilt, false);
    assert.equal((await names('categories'))[0], 'public.categories');
  });

  it('makes anew what is damaged while it is open', async () => {
    const items = await shopItems();
    await store.index(items, never);
    for (const path of files(directory.path)) rmSync(path);
    const outcome = await names('warehouse').catch((thrown: unknown) => thrown);
    if (outcome instanceof Error) assert.equal((outcome as { kind?: string }).kind, 'index-unavailable');
    const report = await store.index(items, never);
    assert.deepEqual([report.added, report.rebuilt], [13, true]);
    assert.equal((await names('categories'))[0], 'public.categories');
  });

  it('lets a caller go who cancels, and serves the next one', async () => {
    const items = await shopItems();
    const controller = new AbortController();
    const indexing = store.index(items, controller.signal);
    controller.abort();
    await assert.rejects(indexing, { kind: 'cancelled' });
    const during = new AbortController();
    log.onStart = () => during.abort();
    await assert.rejects(store.index(items, during.signal), { kind: 'cancelled' });
    log.onStart = undefined;
    const { added, kept } = await store.index(items, never);
    assert.equal(added + kept, 13);
    assert.equal((await names('categories'))[0], 'public.categories');
  });

  it('leaves no process, and ends the calls in flight', async () => {
    await store.index(await shopItems(), never);
    const pid = index.pid!;
    const answer = names('categories');
    const ended = assert.rejects(answer, { kind: 'cancelled' });
    await index.dispose();
    await ended;
    assert.ok(isGone(pid));
    await assert.rejects(names('categories'), { kind: 'cancelled' });
    assert.equal(index.pid, undefined);
  });

  it('says what is missing', async () => {
    const lost = new IndexProcess({ workerEntry, vectorsPath: resolve('dist/no.bin'), log: log.log });
    try {
      await assert.rejects(lost.store(place(directory.path)).index(await shopItems(), never), {
        kind: 'index-unavailable',
        message: /word vectors cannot be read/,
      });
    } finally {
      await lost.dispose();
    }
  });
});
