/** Reads pg_catalog into a Catalog, and again only what has changed since: a query for each kind of object, in one snapshot. */
import { assembleCatalog } from './assembleCatalog.ts';
import type { Catalog } from './catalog.ts';
import type { MissingPart } from './catalogObjects.ts';
import { catalogParts, partNames, type PartName, type PartValues } from './catalogParts.ts';
import { openTransaction } from './openTransaction.ts';
import { beginSnapshot, CatalogSnapshot, isLacking, type ServerFacts } from './catalogSnapshot.ts';
import { catalogSources, checksumsSql, type CatalogSource } from './catalogSources.ts';
import type { Database } from './connect.ts';

/** What was read of one part. */
interface Reading<Value> {
  readonly value: Value;
  /** Of the rows, as they came. */
  readonly digest: string;
  readonly missing: readonly MissingPart[];
}

type Readings = { readonly [Name in PartName]: Reading<PartValues[Name]> };
type Checksums = ReadonlyMap<CatalogSource, string>;

/** The last reading. */
interface Known {
  readonly server: ServerFacts;
  readonly checksums: Checksums;
  readonly readings: Readings;
  readonly catalog: Catalog;
}

/**
 * Reads everything that a name in a statement may mean.
 * @throws KhipuError of the connection or of the server
 */
export async function introspect(database: Database, signal: AbortSignal): Promise<Catalog> {
  return new CatalogReader(database).read(signal);
}

/** Keeps the parts of one database's catalog, so that a refresh reads only those that changed. */
export class CatalogReader {
  readonly #database: Database;
  #known: Known | undefined;
  #lastRead: readonly PartName[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The parts that the last reading fetched; the others had not changed. */
  get lastRead(): readonly PartName[] {
    return this.#lastRead;
  }

  /**
   * The catalog as it is now: the very object of the last time when nothing in it has changed. Calls at the same time take turns.
   * @throws KhipuError of the connection, of the server, or `cancelled`
   */
  async read(signal: AbortSignal): Promise<Catalog> {
    const reading = this.#turn.then(async () => this.#read(signal));
    this.#turn = reading.catch(() => undefined); // the caller hears of it
    return reading;
  }

  async #read(signal: AbortSignal): Promise<Catalog> {
    const session = await openTransaction(this.#database, beginSnapshot, signal);
    try {
      const snapshot = new CatalogSnapshot(session, this.#database.profile, signal);
      this.#database.typeNames.forget();
      const read = await readChanges(snapshot, this.#known);
      await snapshot.end();
      session.release();
      const before = this.#known?.readings;
      this.#lastRead = partNames.filter((name) => read.readings[name] !== before?.[name]);
      this.#known = await renewed(this.#known, read, signal);
      return this.#known.catalog;
    } catch (error) {
      session.destroy(new Error('The catalog could not be read.'));
      throw error;
    }
  }
}

type Read = Omit<Known, 'catalog'>;

async function readChanges(snapshot: CatalogSnapshot, known: Known | undefined): Promise<Read> {
  const server = await snapshot.begin();
  // Before the parts: whatever changes after this is found by the next refresh.
  const checksums = await readChecksums(snapshot, known?.checksums);
  const readings: Partial<Record<PartName, Reading<unknown>>> = {};
  for (const name of partNames) {
    const before = known?.readings[name];
    const isCurrent = before?.missing.length === 0 && !hasChanged(name, known?.checksums, checksums);
    readings[name] = isCurrent ? before : await readPart(snapshot, name);
  }
  return { server, checksums, readings: readings as Readings };
}

/** One query for all, and one for each where the server lacks some of them or keeps them from this role. */
async function readChecksums(snapshot: CatalogSnapshot, known: Checksums | undefined): Promise<Checksums> {
  const wanted = known === undefined ? catalogSources : [...known.keys()];
  try {
    return await checksumsOf(snapshot, wanted);
  } catch (error) {
    if (!isLacking(error)) throw error;
  }
  const found = new Map<CatalogSource, string>();
  for (const source of wanted) {
    try {
      for (const [each, checksum] of await checksumsOf(snapshot, [source])) found.set(each, checksum);
    } catch (error) {
      if (!isLacking(error)) throw error;
    }
  }
  return found;
}

async function checksumsOf(snapshot: CatalogSnapshot, of: readonly CatalogSource[]): Promise<Checksums> {
  if (of.length === 0) return new Map();
  const row = await snapshot.row(checksumsSql(of));
  return new Map(of.map((source, at) => [source, row[at] ?? '']));
}

/** A source without a checksum may have changed. */
function hasChanged(name: PartName, before: Checksums | undefined, now: Checksums): boolean {
  const same = (source: CatalogSource): boolean => now.has(source) && now.get(source) === before?.get(source);
  return !catalogParts[name].sources.every(same);
}

async function readPart(snapshot: CatalogSnapshot, name: PartName): Promise<Reading<unknown>> {
  const part = catalogParts[name];
  const missing: MissingPart[] = [];
  const note = (label: string, error: unknown): void => {
    if (!isLacking(error)) throw error;
    missing.push({ part: label, reason: error.message, sqlState: error.detail.sqlState });
  };
  const { eachRow, digest } = snapshot.digested();
  try {
    const value = await part.read(eachRow, note);
    return { value, digest: digest(), missing };
  } catch (error) {
    if (part.essential) throw error;
    note(part.label, error);
    return { value: part.empty, digest: '', missing };
  }
}

/** Keeps the values, and with them the catalog, whose rows came as they were: a grant touches a table and changes nothing here. */
async function renewed(known: Known | undefined, read: Read, signal: AbortSignal): Promise<Known> {
  const isSame = (name: PartName): boolean => {
    const [before, now] = [known?.readings[name], read.readings[name]];
    return before?.digest === now.digest && JSON.stringify(before.missing) === JSON.stringify(now.missing);
  };
  const sameServer = JSON.stringify(known?.server) === JSON.stringify(read.server);
  if (known !== undefined && sameServer && partNames.every(isSame)) {
    return { ...read, readings: known.readings, catalog: known.catalog };
  }
  const missing = partNames.flatMap((name) => read.readings[name].missing);
  const values = Object.fromEntries(partNames.map((name) => [name, read.readings[name].value]));
  const catalog = await assembleCatalog(read.server, values as unknown as PartValues, missing, signal);
  return { ...read, catalog };
}
