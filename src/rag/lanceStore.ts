/** The index on disk: LanceDB's full text and flat vector search over one table for each kind of item. */
import type { Table } from '@lancedb/lancedb';
import { randomUUID } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Embedder } from '../models/embedder.ts';
import type { WordSense } from '../models/wordSense.ts';
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import type { IndexPlace } from '../shared/ragProtocol.ts';
import { contentHash } from './contentHash.ts';
import { candidateCount, fuse } from './fusion.ts';
import type { Difference, IndexSteps } from './indexing.ts';
import {
  itemKinds,
  type ItemKind,
  type ItemMark,
  type KnowledgeHit,
  type KnowledgeItem,
  type SearchOptions,
} from './knowledgeStore.ts';
import { isConflict, refusalOf, storeFault, unavailable } from './lanceFaults.ts';
import { byText, byVector, hasTextIndex, textIndex } from './lanceSearch.ts';
import { directoryIdentity, openTables, storedMarks, type OpenTables } from './lanceTables.ts';
import { PassageJudge } from './passageJudge.ts';
import { batches } from './slices.ts';
import { TableSearch } from './tableSearch.ts';
import { addsToRanking, embeddedText } from './vectorShare.ts';
import { contentWords } from './words.ts';

/** Keys in one filter: LanceDB has no parameters, and its parser is slow on very long lists. */
const deleteBatch = 500;

export interface LanceStore extends IndexSteps {
  /** What lay there could not be read, and was made anew. */
  readonly rebuilt: boolean;
  /** The embedder's name. */
  readonly embedder: string;
  readonly dimension: number;
  search(question: string, options: SearchOptions, signal: AbortSignal): Promise<KnowledgeHit[]>;
  /** Merges the small files of many updates and forgets old versions; stops between two tables when it is cancelled. */
  compact(signal: AbortSignal): Promise<void>;
  /** Makes the index empty, whatever is in it. */
  clear(signal: AbortSignal): Promise<void>;
  close(): void;
}

/**
 * Opens the index of one database, or makes it; one that is damaged is made anew, empty.
 * @param sense what is known of words, to rank tables by; loaded at the first use
 * @throws KhipuError `index-unavailable`: the disk is full or not readable, or the index is not to be had
 */
export async function openLanceStore(
  place: IndexPlace,
  embedder: Embedder,
  sense: () => WordSense,
  signal: AbortSignal,
): Promise<LanceStore> {
  if (place.shared === undefined) await removeRemains(place.uri).catch(() => undefined); // at the next time, then
  try {
    return new OpenLanceStore(place, embedder, sense, await openTables(place, embedder, signal), false);
  } catch (thrown) {
    if (place.shared !== undefined || refusalOf(thrown) !== undefined || isOfEmbedder(thrown)) {
      throw storeFault(thrown, place);
    }
  }
  try {
    // Whatever is wrong with the files, all that they hold can be made again from the catalog.
    await removeFiles(place.uri);
    return new OpenLanceStore(place, embedder, sense, await openTables(place, embedder, signal), true);
  } catch (thrown) {
    throw storeFault(thrown, place);
  }
}

class OpenLanceStore implements LanceStore {
  readonly rebuilt: boolean;
  readonly #place: IndexPlace;
  readonly #embedder: Embedder;
  readonly #passages: PassageJudge;
  readonly #tableSearch: TableSearch;
  #open: OpenTables;
  #damaged = false;
  /** It was found gone and is empty now, which has still to be told. */
  #lost = false;
  /** Writes go one after the other: LanceDB would let them collide. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    place: IndexPlace,
    embedder: Embedder,
    sense: () => WordSense,
    open: OpenTables,
    rebuilt: boolean,
  ) {
    this.#place = place;
    this.#embedder = embedder;
    this.#passages = new PassageJudge(sense);
    this.#tableSearch = new TableSearch(sense);
    this.#open = open;
    this.rebuilt = rebuilt;
  }

  get #isShared(): boolean {
    return this.#place.shared !== undefined;
  }

  get embedder(): string {
    return this.#embedder.id;
  }

  get dimension(): number {
    return this.#open.dimension;
  }

  reconcile(marks: readonly ItemMark[], keep: readonly ItemKind[], signal: AbortSignal): Promise<Difference> {
    return this.#write(async () => {
      if (this.#damaged) return await this.#startAnew(marks, signal);
      try {
        const difference = await this.#compare(marks, keep, signal);
        const rebuilt = this.#lost;
        this.#lost = false;
        return { ...difference, rebuilt };
      } catch (thrown) {
        if (isOfEmbedder(thrown) || refusalOf(thrown) !== undefined) throw thrown;
        if (this.#isShared) {
          await this.#reopen(signal); // someone may have made it anew
          return await this.#compare(marks, keep, signal);
        }
        return await this.#startAnew(marks, signal);
      }
    });
  }

  put(items: readonly KnowledgeItem[], signal: AbortSignal): Promise<void> {
    return this.#write(async () => {
      for (const kind of itemKinds) {
        const wanted = items.filter((item) => item.kind === kind);
        if (wanted.length > 0) await this.#putKind(kind, wanted, signal);
      }
    });
  }

  async #putKind(kind: ItemKind, items: readonly KnowledgeItem[], signal: AbortSignal): Promise<void> {
    const vectors = await this.#embedder.embed(
      items.map((item) => embeddedText(item, this.#embedder)),
      signal,
    );
    throwIfAborted(signal);
    const rows = items.map((item, index) => row(item, this.#checked(vectors[index])));
    const table = this.#table(kind);
    await again(() =>
      table.mergeInsert('key').whenMatchedUpdateAll().whenNotMatchedInsertAll().execute(rows),
    );
  }

  /** A model that was changed behind its name shows by the length of its vectors. */
  #checked(vector: Float32Array | undefined): Float32Array {
    if (vector?.length === this.dimension) return vector;
    const { id } = this.#embedder;
    throw new KhipuError(
      'model-failed',
      `${id} makes vectors of ${vector?.length ?? 0} numbers, and the index holds such of ${this.dimension}.`,
      { subject: id, hint: 'If the model was changed, run "Khipu: Rebuild Index".' },
    );
  }

  async #vectorOf(question: string, asked: string, signal: AbortSignal): Promise<Float32Array> {
    if (this.#embedder.embedQuestion !== undefined) {
      return this.#checked(await this.#embedder.embedQuestion(question, signal));
    }
    return this.#checked((await this.#embedder.embed([asked], signal))[0]);
  }

  finish(signal: AbortSignal): Promise<void> {
    return this.#write(async () => {
      for (const [kind, table] of this.#open.tables) {
        throwIfAborted(signal);
        // Tables are ranked by their words, not by full text.
        if (kind === 'table' || (await table.countRows()) === 0 || (await hasTextIndex(table))) continue;
        await again(() => table.createIndex('text', { config: textIndex() }));
      }
      await this.#tableSearch.prepare(this.#table('table'), signal);
      const passages = this.#open.tables.get('document');
      if (passages !== undefined) await this.#passages.prepare(passages, signal);
    });
  }

  compact(signal: AbortSignal): Promise<void> {
    return this.#write(async () => {
      for (const table of this.#open.tables.values()) {
        throwIfAborted(signal);
        // Readers look for the newest version at each read, so that none is in use for an hour.
        if (!this.#isShared) await table.optimize({ cleanupOlderThan: new Date(Date.now() - 3_600_000) });
        else if (!this.#place.uri.startsWith('db://')) await table.optimize(); // LanceDB's service does so itself
      }
    });
  }

  clear(signal: AbortSignal): Promise<void> {
    return this.#write(async () => {
      await this.#makeAnew(signal);
    });
  }

  async search(
    question: string,
    { kind, limit }: SearchOptions,
    signal: AbortSignal,
  ): Promise<KnowledgeHit[]> {
    const asked = contentWords(question).join(' ');
    const wanted = kind !== 'table' || addsToRanking(this.#embedder);
    const vector = wanted ? await this.#vectorOf(question, asked, signal) : undefined;
    throwIfAborted(signal);
    const count = candidateCount(limit);
    const look = async (): Promise<KnowledgeHit[]> => {
      const table = this.#table(kind);
      if (kind === 'table') return await this.#tableSearch.search(table, question, vector, limit, signal);
      const [text, near] = await Promise.all([byText(table, asked, count), byVector(table, vector, count)]);
      const hits = fuse({ text, vector: near }, limit);
      if (kind !== 'document') return hits;
      const keys = hits.map(({ id }) => keyOf({ kind, id }));
      return await this.#passages.judge(table, question, hits, keys, signal);
    };
    try {
      return await look().catch(async () => {
        // Another process may have made the index anew under our feet.
        await this.#reopen(signal);
        if (this.#lost) throw unavailable('The index of this database is gone and has to be made anew.');
        return await look();
      });
    } catch (thrown) {
      if (this.#isShared || thrown instanceof KhipuError || refusalOf(thrown) !== undefined) {
        throw storeFault(thrown, this.#place);
      }
      this.#damaged = true;
      throw unavailable('The index of this database could not be read and has to be made anew.', thrown);
    }
  }

  close(): void {
    for (const table of this.#open.tables.values()) table.close();
    this.#open.database.close();
  }

  async #write<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#writing.then(work);
    this.#writing = run.catch(() => undefined);
    try {
      return await run;
    } catch (thrown) {
      throw storeFault(thrown, this.#place);
    }
  }

  #table(kind: ItemKind): Table {
    const table = this.#open.tables.get(kind);
    if (table === undefined) throw new KhipuError('internal', `There is no index of kind ${kind}.`);
    return table;
  }

  async #compare(
    marks: readonly ItemMark[],
    keep: readonly ItemKind[],
    signal: AbortSignal,
  ): Promise<Difference> {
    const missing: number[] = [];
    let removed = 0;
    for (const [kind, table] of this.#open.tables) {
      const { hashes, twice } = await storedMarks(table);
      throwIfAborted(signal);
      for (const [index, mark] of marks.entries()) {
        if (mark.kind !== kind) continue;
        const key = keyOf(mark);
        if (hashes.get(key) !== mark.hash || twice.has(key)) missing.push(index);
        hashes.delete(key);
      }
      // In a shared store, what is not wanted here may be wanted by someone who may see more of the database.
      const unwanted = this.#isShared || keep.includes(kind) ? [] : [...hashes.keys()];
      removed += unwanted.length;
      await removeKeys(table, new Set([...unwanted, ...twice]));
    }
    return { missing, removed, rebuilt: false };
  }

  async #startAnew(marks: readonly ItemMark[], signal: AbortSignal): Promise<Difference> {
    const identity = await directoryIdentity(this.#place).catch(() => undefined);
    if (identity !== undefined && identity !== this.#open.identity) {
      // Another process has made it anew already.
      await this.#reopen(signal);
      this.#damaged = false;
      return await this.#compare(marks, [], signal);
    }
    await this.#makeAnew(signal);
    return { missing: [...marks.keys()], removed: 0, rebuilt: true };
  }

  async #reopen(signal: AbortSignal): Promise<void> {
    const before = this.#open;
    this.#open = await openTables(this.#place, this.#embedder, signal);
    for (const table of before.tables.values()) table.close();
    before.database.close();
    this.#lost ||= this.#open.created;
  }

  async #makeAnew(signal: AbortSignal): Promise<void> {
    if (this.#isShared) {
      for (const table of this.#open.tables.values()) await this.#open.database.dropTable(table.name);
    }
    this.close();
    if (!this.#isShared) await removeFiles(this.#place.uri);
    this.#open = await openTables(this.#place, this.#embedder, signal);
    this.#damaged = false;
    this.#lost = false;
  }
}

/** Nothing is wrong with the files when the embedder did not answer. */
function isOfEmbedder(thrown: unknown): boolean {
  return thrown instanceof KhipuError && thrown.kind !== 'index-unavailable';
}

/** Moved away first, which is done whole or not at all: two processes do not undo each other's work. */
async function removeFiles(directory: string): Promise<void> {
  const aside = `${directory}.damaged-${randomUUID()}`;
  try {
    await rename(directory, aside);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return;
    throw thrown;
  }
  await rm(aside, { recursive: true, force: true });
}

/** Removes what a crash or an older layout has left beside an index. */
async function removeRemains(directory: string): Promise<void> {
  const name = basename(directory);
  const current = Number(/^v(\d+)-[0-9a-f]{32}$/.exec(name)?.[1]);
  if (Number.isNaN(current)) return;
  for (const other of await readdir(dirname(directory))) {
    const version = Number(/^v(\d+)-[0-9a-f]{32}$/.exec(other)?.[1]);
    if (version < current || other.startsWith(`${name}.damaged-`)) {
      await rm(join(dirname(directory), other), { recursive: true, force: true });
    }
  }
}

const tries = 5;

/** Does it again when another process has committed at the same time. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (thrown) {
      if (tried === tries || !isConflict(thrown)) throw thrown;
      await delay(20 * 2 ** tried * (0.5 + Math.random()));
    }
  }
}

/** 32 hexadecimal digits: safe inside a filter, whatever stands in the id. */
function keyOf({ kind, id }: Pick<ItemMark, 'kind' | 'id'>): string {
  return contentHash(kind, id);
}

function row(item: KnowledgeItem, vector: Float32Array): Record<string, unknown> {
  const { id, hash, text, detail = '' } = item;
  return { key: keyOf(item), id, hash, text, detail, vector: Array.from(vector) };
}

async function removeKeys(table: Table, keys: Iterable<string>): Promise<void> {
  const safe = [...keys].filter((key) => /^[0-9a-f]{32}$/.test(key));
  for (const batch of batches(safe, deleteBatch)) {
    await again(() => table.delete(`key IN (${batch.map((key) => `'${key}'`).join(', ')})`));
  }
}
