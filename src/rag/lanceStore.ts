/** The index on disk: LanceDB's full text and flat vector search over one table for each kind of item. */
import { connect, Index, MatchQuery, type Connection, type Table } from '@lancedb/lancedb';
import { Field, FixedSizeList, Float32, Schema, Utf8 } from 'apache-arrow';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Embedder } from '../models/embedder.ts';
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
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
import { batches } from './slices.ts';
import { contentWords } from './words.ts';

/** Changes with the columns or with how text and vectors are made; another layout lives in another directory. */
const layout = 1;

/** Keys in one filter: LanceDB has no parameters, and its parser is slow on very long lists. */
const deleteBatch = 500;

/** LanceDB uses up each of these, so that every creation takes a fresh one. */
function textIndex(): Index {
  return Index.fts({
    baseTokenizer: 'whitespace', // the text is split already
    stem: false,
    removeStopWords: false,
    asciiFolding: true,
    withPosition: false,
    maxTokenLength: 64,
  });
}

export interface LanceStore extends IndexSteps {
  /** The directory held something that could not be read, and was made anew. */
  readonly rebuilt: boolean;
  search(question: string, options: SearchOptions, signal: AbortSignal): Promise<KnowledgeHit[]>;
  close(): void;
}

/**
 * Opens the index of one database, or makes it; one that does not open is made anew, empty.
 * @param directory of this database; the index of each embedder has a directory of its own in it
 */
export async function openLanceStore(directory: string, embedder: Embedder): Promise<LanceStore> {
  const place = join(directory, `v${layout}-${contentHash(embedder.id, String(embedder.dimension))}`);
  try {
    return await OpenLanceStore.open(place, embedder, false);
  } catch {
    // Whatever is wrong with the files, all that they hold can be made again from the catalog.
    await rm(place, { recursive: true, force: true });
    return await OpenLanceStore.open(place, embedder, true);
  }
}

class OpenLanceStore implements LanceStore {
  readonly rebuilt: boolean;
  readonly #place: string;
  readonly #embedder: Embedder;
  #database: Connection;
  #tables: ReadonlyMap<ItemKind, Table>;
  #damaged = false;

  private constructor(place: string, embedder: Embedder, opened: Opened, rebuilt: boolean) {
    this.#place = place;
    this.#embedder = embedder;
    this.#database = opened.database;
    this.#tables = opened.tables;
    this.rebuilt = rebuilt;
  }

  static async open(place: string, embedder: Embedder, rebuilt: boolean): Promise<OpenLanceStore> {
    return new OpenLanceStore(place, embedder, await openTables(place, embedder), rebuilt);
  }

  async reconcile(marks: readonly ItemMark[], signal: AbortSignal): Promise<Difference> {
    if (this.#damaged) return await this.#startAnew(marks);
    try {
      return await this.#compare(marks, signal);
    } catch (thrown) {
      if (thrown instanceof KhipuError) throw thrown;
      return await this.#startAnew(marks);
    }
  }

  async put(items: readonly KnowledgeItem[], signal: AbortSignal): Promise<void> {
    for (const kind of itemKinds) {
      const wanted = items.filter((item) => item.kind === kind);
      if (wanted.length === 0) continue;
      const vectors = await this.#embedder.embed(
        wanted.map((item) => item.text),
        signal,
      );
      throwIfAborted(signal);
      const rows = wanted.map((item, index) => row(item, vectors[index]));
      await this.#table(kind)
        .mergeInsert('key')
        .whenMatchedUpdateAll()
        .whenNotMatchedInsertAll()
        .execute(rows);
    }
  }

  async finish(signal: AbortSignal): Promise<void> {
    for (const table of this.#tables.values()) {
      throwIfAborted(signal);
      if ((await table.countRows()) === 0) continue;
      if (await hasTextIndex(table)) await table.optimize();
      else await table.createIndex('text', { config: textIndex() });
    }
  }

  async search(
    question: string,
    { kind, limit }: SearchOptions,
    signal: AbortSignal,
  ): Promise<KnowledgeHit[]> {
    const asked = contentWords(question).join(' ');
    const [vector] = await this.#embedder.embed([asked], signal);
    throwIfAborted(signal);
    const table = this.#table(kind);
    const count = candidateCount(limit);
    try {
      const [text, near] = await Promise.all([byText(table, asked, count), byVector(table, vector, count)]);
      return fuse({ text, vector: near }, limit);
    } catch (thrown) {
      this.#damaged = true;
      throw unavailable('The index of this database could not be read and has to be made anew.', thrown);
    }
  }

  close(): void {
    for (const table of this.#tables.values()) table.close();
    this.#database.close();
  }

  #table(kind: ItemKind): Table {
    const table = this.#tables.get(kind);
    if (table === undefined) throw new KhipuError('internal', `There is no index of kind ${kind}.`);
    return table;
  }

  async #compare(marks: readonly ItemMark[], signal: AbortSignal): Promise<Difference> {
    const missing: number[] = [];
    let removed = 0;
    for (const kind of itemKinds) {
      const stored = await storedHashes(this.#table(kind));
      throwIfAborted(signal);
      for (const [index, mark] of marks.entries()) {
        if (mark.kind !== kind) continue;
        const key = keyOf(mark);
        if (stored.get(key) !== mark.hash) missing.push(index);
        stored.delete(key);
      }
      await removeKeys(this.#table(kind), [...stored.keys()]);
      removed += stored.size;
    }
    return { missing, removed, rebuilt: false };
  }

  async #startAnew(marks: readonly ItemMark[]): Promise<Difference> {
    this.close();
    await rm(this.#place, { recursive: true, force: true });
    const { database, tables } = await openTables(this.#place, this.#embedder);
    this.#database = database;
    this.#tables = tables;
    this.#damaged = false;
    return { missing: [...marks.keys()], removed: 0, rebuilt: true };
  }
}

interface Opened {
  readonly database: Connection;
  readonly tables: ReadonlyMap<ItemKind, Table>;
}

async function openTables(place: string, embedder: Embedder): Promise<Opened> {
  await mkdir(place, { recursive: true });
  await agreeOnMeta(join(place, 'meta.json'), {
    layout,
    embedder: embedder.id,
    dimension: embedder.dimension,
  });
  const database = await connect(place);
  const tables = new Map<ItemKind, Table>();
  const names = await database.tableNames();
  for (const kind of itemKinds) {
    const table = names.includes(kind)
      ? await database.openTable(kind)
      : await database.createEmptyTable(kind, schemaOf(embedder.dimension), {
          mode: 'create',
          existOk: true,
        });
    await storedHashes(table); // a damaged one shows itself here
    tables.set(kind, table);
  }
  return { database, tables };
}

/** Explicit, because LanceDB would infer Float64 from JavaScript's numbers. */
function schemaOf(dimension: number): Schema {
  const text = (name: string): Field => new Field(name, new Utf8(), false);
  const vector = new FixedSizeList(dimension, new Field('item', new Float32(), true));
  return new Schema([
    text('key'),
    text('id'),
    text('hash'),
    text('text'),
    new Field('vector', vector, false),
  ]);
}

const metaShape = z.object({ layout: z.number(), embedder: z.string(), dimension: z.number() });

async function agreeOnMeta(path: string, wanted: z.infer<typeof metaShape>): Promise<void> {
  let written: string;
  try {
    written = await readFile(path, 'utf8');
  } catch {
    await writeFile(`${path}.new`, JSON.stringify(wanted));
    await rename(`${path}.new`, path); // whole or not at all
    return;
  }
  const found = metaShape.parse(JSON.parse(written));
  if (
    found.layout !== wanted.layout ||
    found.embedder !== wanted.embedder ||
    found.dimension !== wanted.dimension
  ) {
    throw unavailable(`The index was made by ${found.embedder} and not by ${wanted.embedder}.`);
  }
}

/** 32 hexadecimal digits: safe inside a filter, whatever stands in the id. */
function keyOf({ kind, id }: ItemMark): string {
  return contentHash(kind, id);
}

function row(item: KnowledgeItem, vector: Float32Array | undefined): Record<string, unknown> {
  if (vector === undefined) throw new KhipuError('internal', 'The embedder gave fewer vectors than texts.');
  return { key: keyOf(item), id: item.id, hash: item.hash, text: item.text, vector: Array.from(vector) };
}

async function storedHashes(table: Table): Promise<Map<string, string>> {
  const rows = await table.query().select(['key', 'hash']).toArrow();
  const keys = texts(rows.getChild('key'));
  const hashes = texts(rows.getChild('hash'));
  return new Map(keys.map((key, index) => [key, hashes[index] ?? '']));
}

const textColumn = z.array(z.string());

function texts(column: Iterable<unknown> | null): string[] {
  return textColumn.parse([...(column ?? [])]);
}

async function removeKeys(table: Table, keys: readonly string[]): Promise<void> {
  const safe = keys.filter((key) => /^[0-9a-f]{32}$/.test(key));
  for (const batch of batches(safe, deleteBatch)) {
    await table.delete(`key IN (${batch.map((key) => `'${key}'`).join(', ')})`);
  }
}

async function hasTextIndex(table: Table): Promise<boolean> {
  return (await table.listIndices()).some(({ columns }) => columns.includes('text'));
}

async function byText(table: Table, asked: string, count: number): Promise<string[]> {
  if (asked === '' || !(await hasTextIndex(table))) return [];
  // A MatchQuery takes words as words: nothing in them is read as the syntax of a query.
  const query = table.query().fullTextSearch(new MatchQuery(asked, 'text')).select(['id', '_score']);
  return texts((await query.limit(count).toArrow()).getChild('id'));
}

async function byVector(table: Table, vector: Float32Array | undefined, count: number): Promise<string[]> {
  if (vector === undefined || vector.every((value) => value === 0)) return [];
  // On unit vectors 1 - dot is the cosine distance, and unlike it defined for the zero vector of an unknown text.
  const query = table.query().nearestTo(vector).distanceType('dot').select(['id', '_distance']);
  const rows = await query.limit(count).toArrow();
  const distances = [...(rows.getChild('_distance') ?? [])].map(Number);
  return texts(rows.getChild('id')).filter((_, index) => (distances[index] ?? 1) < 1);
}

function unavailable(message: string, cause?: unknown): KhipuError {
  return new KhipuError('index-unavailable', message, {}, { cause });
}
