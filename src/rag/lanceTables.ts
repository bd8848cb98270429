/** The tables of an index in LanceDB: their explicit schema, what it records of the embedder, and how they are opened. */
import { connect, Session, type Connection, type Table } from '@lancedb/lancedb';
import { Field, FixedSizeList, Float32, Schema, Utf8 } from 'apache-arrow';
import { mkdir, stat } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { Embedder } from '../models/embedder.ts';
import type { IndexPlace } from '../shared/ragProtocol.ts';
import { isMissingTable, unavailable } from './lanceFaults.ts';
import { layout } from './indexPlace.ts';
import { itemKinds, type ItemKind } from './knowledgeStore.ts';

export interface OpenTables {
  readonly database: Connection;
  readonly tables: ReadonlyMap<ItemKind, Table>;
  /** Length of every vector. */
  readonly dimension: number;
  /** A table was not there. */
  readonly created: boolean;
  /** Changes when the directory is made anew. */
  readonly identity: number;
}

/** The other kinds are the user's own. */
const sharedKinds = ['table'] as const satisfies readonly ItemKind[];

/** LanceDB would take 7 GB for these. */
const cacheBytes = BigInt(64 * 1024 * 1024);

/** Looking for what others have committed costs a request: it is done no more often than this, in seconds. */
const sharedIntervalS = 5;

/** For LanceDB's own service, in seconds. */
const serviceLimits = {
  timeoutConfig: { connectTimeout: 5, readTimeout: 15 },
  retryConfig: { retries: 1, connectRetries: 1, readRetries: 1 },
};

/**
 * Opens the tables of an index, or makes them; reads enough of them to notice files that are damaged.
 * @throws KhipuError `index-unavailable` when they are another embedder's, that of an embedder that has to be asked how
 *   long its vectors are, and whatever LanceDB throws
 */
export async function openTables(
  place: IndexPlace,
  embedder: Embedder,
  signal: AbortSignal,
): Promise<OpenTables> {
  const database = await connectTo(place);
  const prefix = place.shared?.prefix ?? '';
  const tables = new Map<ItemKind, Table>();
  let dimension: number | undefined;
  let created = false;
  for (const kind of place.shared === undefined ? itemKinds : sharedKinds) {
    let table = await openTable(database, prefix + kind);
    if (table === undefined) {
      created = true;
      dimension ??= await dimensionOf(embedder, signal);
      table = await createTable(database, prefix + kind, schemaOf(embedder.id, dimension));
    }
    dimension = agreedDimension(await table.schema(), embedder);
    await storedMarks(table); // a damaged one shows itself here
    tables.set(kind, table);
  }
  dimension ??= await dimensionOf(embedder, signal);
  return { database, tables, dimension, created, identity: await directoryIdentity(place) };
}

async function connectTo({ uri, shared }: IndexPlace): Promise<Connection> {
  const session = new Session(cacheBytes, cacheBytes);
  if (shared === undefined) {
    await mkdir(uri, { recursive: true });
    // Another window may write to the same index: each read looks for what it has committed.
    return await connect(uri, { session, readConsistencyInterval: 0 });
  }
  const { storageOptions, apiKey, region, hostOverride } = shared;
  if (uri.startsWith('db://')) {
    return await connect(uri, {
      ...(apiKey !== undefined && { apiKey }),
      ...(region !== undefined && { region }),
      ...(hostOverride !== undefined && { hostOverride }),
      clientConfig: serviceLimits,
    });
  }
  return await connect(uri, { session, storageOptions, readConsistencyInterval: sharedIntervalS });
}

/** A model of another server is asked once how long its vectors are, and never again while the index is there. */
async function dimensionOf(embedder: Embedder, signal: AbortSignal): Promise<number> {
  if (embedder.dimension !== undefined) return embedder.dimension;
  const [vector] = await embedder.embed(['customer orders'], signal);
  if (vector === undefined) throw unavailable(`${embedder.id} made no vector.`);
  return vector.length;
}

/** The number of the directory on its disk: one that was made anew, here or by another process, has another. */
export async function directoryIdentity({ uri, shared }: IndexPlace): Promise<number> {
  return shared === undefined ? (await stat(uri)).ino : 0;
}

async function openTable(database: Connection, name: string): Promise<Table | undefined> {
  try {
    return await database.openTable(name);
  } catch (thrown) {
    if (isMissingTable(thrown)) return undefined;
    throw thrown;
  }
}

async function createTable(database: Connection, name: string, schema: Schema): Promise<Table> {
  try {
    return await database.createEmptyTable(name, schema, { mode: 'create', existOk: true });
  } catch (thrown) {
    // Another process may have been quicker.
    const made = await openTable(database, name).catch(() => undefined);
    if (made === undefined) throw thrown;
    return made;
  }
}

/** Explicit, because LanceDB would infer Float64 from JavaScript's numbers; it says in itself whose vectors it holds. */
function schemaOf(embedder: string, dimension: number): Schema {
  const text = (name: string): Field => new Field(name, new Utf8(), false);
  const vector = new FixedSizeList(dimension, new Field('item', new Float32(), true));
  return new Schema(
    [text('key'), text('id'), text('hash'), text('text'), text('detail'), new Field('vector', vector, false)],
    new Map([
      ['khipu.layout', String(layout)],
      ['khipu.embedder', embedder],
      ['khipu.dimension', String(dimension)],
    ]),
  );
}

const recordShape = z.object({
  layout: z.literal(String(layout)),
  embedder: z.string(),
  dimension: z.string(),
});

function agreedDimension(schema: Schema, embedder: Embedder): number {
  const { metadata } = schema;
  const record = recordShape.parse({
    layout: metadata.get('khipu.layout'),
    embedder: metadata.get('khipu.embedder'),
    dimension: metadata.get('khipu.dimension'),
  });
  if (record.embedder !== embedder.id) {
    throw unavailable(`The index was made by ${record.embedder} and not by ${embedder.id}.`);
  }
  return z.int().check(z.positive()).parse(Number(record.dimension));
}

/** What a table holds: the hash by key, and keys that stand there twice since two processes put them at the same time. */
export async function storedMarks(
  table: Table,
): Promise<{ hashes: Map<string, string>; twice: Set<string> }> {
  const rows = await table.query().select(['key', 'hash']).toArrow();
  const keys = texts(rows.getChild('key'));
  const marks = texts(rows.getChild('hash'));
  const hashes = new Map<string, string>();
  const twice = new Set<string>();
  for (const [index, key] of keys.entries()) {
    if (hashes.has(key)) twice.add(key);
    hashes.set(key, marks[index] ?? '');
  }
  return { hashes, twice };
}

const textColumn = z.array(z.string());

/** A column of texts as LanceDB gave it; anything else in it is a fault. */
export function texts(column: Iterable<unknown> | null): string[] {
  return textColumn.parse([...(column ?? [])]);
}
