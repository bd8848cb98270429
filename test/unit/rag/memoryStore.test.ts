import assert from 'node:assert/strict';
import { Bm25 } from '../../../src/rag/bm25.ts';
import { contentHash } from '../../../src/rag/contentHash.ts';
import type { ItemKind, KnowledgeItem } from '../../../src/rag/knowledgeStore.ts';
import { createMemoryStore } from '../../../src/rag/memoryStore.ts';
import { encodeDetail } from '../../../src/rag/tableDetail.ts';
import type { Embedder } from '../../../src/models/embedder.ts';
import { never } from './schema.ts';

function item(id: string, text: string, kind: ItemKind = 'table'): KnowledgeItem {
  const [name = '', ...columns] = text.split(' ');
  const detail = encodeDetail({
    ...{ schema: 'public', name, comment: '', refersTo: [] },
    columns: columns.map((column) => ({ name: column, comment: '', values: [] })),
  });
  return { kind, id, text, hash: contentHash(text), ...(kind === 'table' ? { detail } : {}) };
}

/** A small real embedder: counts of letter pairs, hashed to 64 places, of unit length. */
function letterPairs(): Embedder & { embedded: number } {
  const embedder = {
    id: 'letter-pairs',
    dimension: 64,
    embedded: 0,
    embed(texts: readonly string[]) {
      embedder.embedded += texts.length;
      const vectors = texts.map((text) => {
        const vector = new Float32Array(64);
        for (let i = 0; i + 1 < text.length; i++) {
          const at = (text.charCodeAt(i) * 31 + text.charCodeAt(i + 1)) % 64;
          vector[at] = (vector[at] ?? 0) + 1;
        }
        const length = Math.hypot(...vector);
        return length === 0 ? vector : vector.map((value) => value / length);
      });
      return Promise.resolve(vectors);
    },
  };
  return embedder;
}

const items = [
  item('orders', 'order customer placed at status'),
  item('customers', 'customer full name email'),
  item('order_lines', 'order line product quantity'),
  item('q1', 'order country', 'verified'),
];

const tables = { kind: 'table', limit: 5 } as const;

describe('BM25', () => {
  it('prefers rare words, short texts and many mentions', () => {
    const index = new Bm25();
    index.add('rare', 'common special');
    index.add('long', 'common special and much else that dilutes what it says');
    index.add('often', 'common common other');
    index.add('once', 'common other another');
    assert.deepEqual(index.rank(['special'], 9), ['rare', 'long']);
    assert.deepEqual(index.rank(['common', 'special'], 2), ['rare', 'long']);
    assert.equal(index.rank(['other', 'common'], 9)[0], 'often');
    assert.deepEqual(index.rank(['unknown'], 9), []);
    assert.deepEqual(new Bm25().rank(['x'], 9), []);
  });
});

describe('the index in memory', () => {
  it('finds by words, by kind', async () => {
    const store = createMemoryStore({});
    await store.index(items, never);
    const hits = await store.search('Names of customers', tables, never);
    assert.equal(hits[0]?.id, 'customers');
    assert.deepEqual(hits[0].why?.matched[1], { asked: 'customer', found: 'customer', similarity: 1 });
    const verified = await store.search('orders by country', { kind: 'verified', limit: 5 }, never);
    assert.deepEqual(
      verified.map(({ id }) => id),
      ['q1'],
    );
  });

  it('counts what it added, removed and kept', async () => {
    const store = createMemoryStore({});
    const counts = async (list: KnowledgeItem[]): Promise<number[]> => {
      const { added, removed, kept } = await store.index(list, never);
      return [added, removed, kept];
    };
    assert.deepEqual(await counts(items), [4, 0, 0]);
    assert.deepEqual(await counts(items), [0, 0, 4]);
    assert.deepEqual(await counts(items.slice(1)), [0, 1, 3]);
    assert.deepEqual(await store.search('status', tables, never), []);
    await counts([...items.slice(1, 3), item('customers2', 'fresh'), item('q1', 'changed', 'verified')]);
    assert.equal((await store.search('fresh', tables, never))[0]?.id, 'customers2');
  });

  it('embeds only what is new, and fuses both rankings', async () => {
    const embedder = letterPairs();
    const store = createMemoryStore({ embedder });
    await store.index(items, never);
    assert.equal(embedder.embedded, 4);
    await store.index([...items, item('products', 'product title')], never);
    assert.equal(embedder.embedded, 5);
    const [hit] = await store.search('customer full name', tables, never);
    assert.equal(hit?.id, 'customers');
    assert.equal(hit.why?.parts.vector, 1);
    const [verified] = await store.search('order country', { kind: 'verified', limit: 1 }, never);
    assert.deepEqual(verified?.ranks, { text: 1, vector: 1 });
  });

  it('ends when cancelled', async () => {
    const store = createMemoryStore({});
    const cancelledAlready = AbortSignal.abort();
    await assert.rejects(store.index(items, cancelledAlready), { kind: 'cancelled' });
    await assert.rejects(store.search('x', tables, cancelledAlready), { kind: 'cancelled' });
  });
});
