/** The index in memory: for platforms without LanceDB, for when its process keeps dying, and until the index is ready. */
import type { Embedder } from '../models/embedder.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../shared/errors.ts';
import { bestIds, Bm25 } from './bm25.ts';
import { candidateCount, fuse } from './fusion.ts';
import { itemKinds, type ItemKind, type KnowledgeItem, type KnowledgeStore } from './knowledgeStore.ts';
import { batches, inSlices } from './slices.ts';
import { contentWords } from './words.ts';

interface Shelf {
  readonly items: ReadonlyMap<string, KnowledgeItem>;
  readonly text: Bm25;
  readonly vectors: ReadonlyMap<string, Float32Array>;
}

/** Embedding is synchronous inside: so many texts hold the event loop for a few milliseconds. */
const embedBatch = 64;

const emptyShelf: Shelf = { items: new Map(), text: new Bm25(), vectors: new Map() };

/**
 * Makes an empty index in memory.
 * @param embedder without one, full text alone answers
 */
export function createMemoryStore(embedder: Embedder | undefined): KnowledgeStore {
  const shelves = new Map<ItemKind, Shelf>();
  return {
    async index(items, signal) {
      const started = performance.now();
      let added = 0;
      let before = 0;
      for (const kind of itemKinds) {
        const old = shelves.get(kind) ?? emptyShelf;
        const wanted = items.filter((item) => item.kind === kind);
        const changed = wanted.filter(({ id, hash }) => old.items.get(id)?.hash !== hash);
        before += old.items.size;
        added += changed.length;
        if (changed.length === 0 && wanted.length === old.items.size) continue;
        shelves.set(kind, await stock(old, wanted, embedder, signal));
      }
      const kept = items.length - added;
      return {
        added,
        removed: Math.max(0, before - kept),
        kept,
        rebuilt: false,
        ms: performance.now() - started,
      };
    },
    async search(question, { kind, limit }, signal) {
      throwIfAborted(signal);
      const shelf = shelves.get(kind) ?? emptyShelf;
      const count = candidateCount(limit);
      const text = shelf.text.rank(contentWords(question), count);
      const vector = embedder === undefined ? [] : await nearest(shelf, embedder, question, count, signal);
      return fuse({ text, vector }, limit);
    },
    close() {
      shelves.clear();
      return Promise.resolve();
    },
  };
}

async function stock(
  old: Shelf,
  wanted: readonly KnowledgeItem[],
  embedder: Embedder | undefined,
  signal: AbortSignal,
): Promise<Shelf> {
  const items = new Map<string, KnowledgeItem>();
  const text = new Bm25();
  const add = (item: KnowledgeItem): void => {
    items.set(item.id, item);
    text.add(item.id, item.text);
  };
  await inSlices(wanted, add, signal);
  const vectors = new Map<string, Float32Array>();
  if (embedder !== undefined) await embedInto(vectors, old, [...items.values()], embedder, signal);
  return { items, text, vectors };
}

async function embedInto(
  vectors: Map<string, Float32Array>,
  old: Shelf,
  items: readonly KnowledgeItem[],
  embedder: Embedder,
  signal: AbortSignal,
): Promise<void> {
  const known = (item: KnowledgeItem): Float32Array | undefined =>
    old.items.get(item.id)?.hash === item.hash ? old.vectors.get(item.id) : undefined;
  for (const batch of batches(items, embedBatch)) {
    const unknown = batch.filter((item) => known(item) === undefined);
    const made = await embedder.embed(
      unknown.map((item) => item.text),
      signal,
    );
    const fresh = new Map(unknown.map((item, index) => [item.id, made[index]]));
    for (const item of batch) {
      const vector = known(item) ?? fresh.get(item.id);
      if (vector !== undefined) vectors.set(item.id, vector);
    }
    await nextTurn(); // an embedder may answer without ever leaving this turn
    throwIfAborted(signal);
  }
}

async function nearest(
  shelf: Shelf,
  embedder: Embedder,
  question: string,
  count: number,
  signal: AbortSignal,
): Promise<string[]> {
  const [query] = await embedder.embed([contentWords(question).join(' ')], signal);
  const scores = new Map<string, number>();
  if (query === undefined) return [];
  const score = ([id, vector]: [string, Float32Array]): void => {
    let dot = 0;
    for (let index = 0; index < query.length; index++) dot += (query[index] ?? 0) * (vector[index] ?? 0);
    if (dot > 0) scores.set(id, dot);
  };
  await inSlices(shelf.vectors, score, signal);
  return bestIds(scores, count);
}
