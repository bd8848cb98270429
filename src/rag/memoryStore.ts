/** The index in memory: for platforms without LanceDB, for when its process keeps dying, and until the index is ready. */
import type { Embedder } from '../models/embedder.ts';
import type { WordSense } from '../models/wordSense.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../shared/errors.ts';
import { bestIds, Bm25 } from './bm25.ts';
import { candidateCount, fuse } from './fusion.ts';
import { itemKinds, type ItemKind, type KnowledgeItem, type KnowledgeStore } from './knowledgeStore.ts';
import { buildRankingIndex, type RankingIndex } from './rankingIndex.ts';
import { passageNearness } from './passageNearness.ts';
import { batches, inSlices } from './slices.ts';
import { decodeDetail, detailOfText, type TableDetail } from './tableDetail.ts';
import { rankTables } from './tableRanking.ts';
import { addsToRanking, embeddedText, nearestTables, vectorShares } from './vectorShare.ts';
import { contentWords } from './words.ts';

interface Shelf {
  readonly items: ReadonlyMap<string, KnowledgeItem>;
  /** Of all but tables. */
  readonly text: Bm25;
  /** Of tables. */
  readonly ranking: RankingIndex | undefined;
  readonly vectors: ReadonlyMap<string, Float32Array>;
}

/** What makes vectors, and what is known of words; without them the same words alone are found. */
export interface MemoryStoreMeans {
  readonly embedder?: Embedder | undefined;
  readonly sense?: WordSense | undefined;
}

/** Embedding is synchronous inside: so many texts hold the event loop for a few milliseconds. */
const embedBatch = 64;

const emptyShelf: Shelf = {
  items: new Map(),
  text: new Bm25(),
  ranking: undefined,
  vectors: new Map(),
};

/** Makes an empty index in memory. */
export function createMemoryStore({ embedder, sense }: MemoryStoreMeans): KnowledgeStore {
  const shelves = new Map<ItemKind, Shelf>();
  const embedderOf = (kind: ItemKind): Embedder | undefined =>
    embedder === undefined || kind !== 'table' || addsToRanking(embedder) ? embedder : undefined;
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
        shelves.set(kind, await stock(kind, old, wanted, embedderOf(kind), sense, signal));
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
      const count = kind === 'table' ? nearestTables : candidateCount(limit);
      const used = embedderOf(kind);
      const near = used === undefined ? new Map() : await nearest(shelf, used, question, signal);
      const vector = bestIds(near, count);
      if (kind === 'table') {
        if (shelf.ranking === undefined) return [];
        const shares = vectorShares(new Map(vector.map((id) => [id, near.get(id) ?? 0])));
        return rankTables(question, shelf.ranking, { limit, vector: shares }, signal);
      }
      const text = shelf.text.rank(contentWords(question), count);
      const hits = fuse({ text, vector }, limit);
      if (kind !== 'document') return hits;
      const judge = passageNearness(question, sense, {
        passages: shelf.text.size,
        having: (word) => shelf.text.having(word),
      });
      return hits.map((hit) => ({ ...hit, nearness: judge(shelf.items.get(hit.id)?.text ?? '') }));
    },
    close() {
      shelves.clear();
      return Promise.resolve();
    },
  };
}

async function stock(
  kind: ItemKind,
  old: Shelf,
  wanted: readonly KnowledgeItem[],
  embedder: Embedder | undefined,
  sense: WordSense | undefined,
  signal: AbortSignal,
): Promise<Shelf> {
  const items = new Map<string, KnowledgeItem>();
  const text = new Bm25();
  const details = new Map<string, TableDetail>();
  const add = (item: KnowledgeItem): void => {
    items.set(item.id, item);
    if (kind !== 'table') text.add(item.id, item.text);
    else
      details.set(item.id, item.detail === undefined ? detailOfText(item.text) : decodeDetail(item.detail));
  };
  await inSlices(wanted, add, signal);
  const ranking = kind === 'table' ? await buildRankingIndex(details, sense, signal) : undefined;
  const vectors = new Map<string, Float32Array>();
  if (embedder !== undefined) await embedInto(vectors, old, [...items.values()], embedder, signal);
  return { items, text, ranking, vectors };
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
      unknown.map((item) => embeddedText(item, embedder)),
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
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const [query] = await embedder.embed([contentWords(question).join(' ')], signal);
  const scores = new Map<string, number>();
  if (query === undefined) return scores;
  const score = ([id, vector]: [string, Float32Array]): void => {
    let dot = 0;
    for (let index = 0; index < query.length; index++) dot += (query[index] ?? 0) * (vector[index] ?? 0);
    if (dot > 0) scores.set(id, dot);
  };
  await inSlices(shelf.vectors, score, signal);
  return scores;
}
