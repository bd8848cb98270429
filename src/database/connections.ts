/** The databases that are connected now: a pool and a catalog for each profile, made when first asked for. */
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import { SharedAttempt } from '../shared/sharedAttempt.ts';
import type { Catalog } from './catalog.ts';
import { openDatabase, type Database } from './connect.ts';
import type { ConnectContext } from './connectContext.ts';
import type { ReadOnlySql } from './guard.ts';
import { CatalogReader } from './introspect.ts';
import type { ConnectionProfile } from './profile.ts';
import type { ResultPages } from './resultPages.ts';

/** A database that answers, and what is in it. */
export interface Connected {
  readonly profile: ConnectionProfile;
  readonly database: Database;
  readonly catalog: Catalog;
  /** Where statements that the user writes are read: a transaction that they have open, or, left out, one for each. */
  readonly reader?: RowReader;
}

/** Reads guarded statements in a transaction that stays open. */
export interface RowReader {
  read(statement: ReadOnlySql, signal: AbortSignal): Promise<ResultPages>;
}

/** Where profiles and passwords come from. */
export interface ProfileSource {
  /**
   * The profile as it is to be connected to, and its context; starts the server when it is one of Khipu's own.
   * @throws KhipuError `invalid-input` when there is no such profile, `sample-failed`
   */
  resolve(
    profileId: string,
    signal: AbortSignal,
  ): Promise<{ profile: ConnectionProfile; context: ConnectContext }>;
}

interface Entry {
  /** Shared by those who connect at the same time. */
  readonly connecting: SharedAttempt<Connected>;
  /** Set once it is connected. */
  current: Connected | undefined;
  /** Aborted when the entry is given up. */
  readonly ended: AbortController;
}

/** Owns every pool. `onChange` is called with the profile's id after it connected, changed or ended. */
export class Connections {
  readonly #source: ProfileSource;
  readonly #onChange: (profileId: string) => void;
  readonly #entries = new Map<string, Entry>();
  /** What is known of each database's catalog, so that a refresh reads only what changed. */
  readonly #readers = new WeakMap<Database, CatalogReader>();
  #disposed = false;

  constructor(source: ProfileSource, onChange: (profileId: string) => void) {
    this.#source = source;
    this.#onChange = onChange;
  }

  /** What is connected, without connecting. */
  current(profileId: string): Connected | undefined {
    return this.#entries.get(profileId)?.current;
  }

  /**
   * Connects unless that is done already; calls at the same time share one attempt. An abort lets only its caller go, and ends
   * the attempt when nobody else waits for it.
   * @throws KhipuError of the connection, of the catalog, or `cancelled`
   */
  async connect(profileId: string, signal: AbortSignal): Promise<Connected> {
    throwIfAborted(signal);
    if (this.#disposed) throw new KhipuError('cancelled', 'Khipu is shutting down.');
    const entry = this.#entries.get(profileId) ?? this.#start(profileId);
    return entry.current ?? entry.connecting.get(signal);
  }

  #start(profileId: string): Entry {
    const ended = new AbortController();
    const connect = async (abandoned: AbortSignal): Promise<Connected> => {
      try {
        entry.current = await this.#open(profileId, AbortSignal.any([abandoned, ended.signal]));
        return entry.current;
      } finally {
        this.#onChange(profileId);
      }
    };
    const dispose = ({ database }: Connected): Promise<void> => {
      if (entry.current?.database === database) entry.current = undefined;
      return database.dispose();
    };
    const connecting = new SharedAttempt(connect, dispose);
    const entry: Entry = { connecting, current: undefined, ended };
    this.#entries.set(profileId, entry);
    return entry;
  }

  async #open(profileId: string, signal: AbortSignal): Promise<Connected> {
    const { profile, context } = await this.#source.resolve(profileId, signal);
    const database = openDatabase(profile, context);
    const reader = new CatalogReader(database);
    this.#readers.set(database, reader);
    try {
      const catalog = await reader.read(signal);
      throwIfAborted(signal);
      return { profile, database, catalog };
    } catch (error) {
      await database.dispose();
      throw error;
    }
  }

  /**
   * Reads what has changed of the catalog; the pool stays, and so does the very catalog when nothing has changed. Connects
   * first when that is still to be done.
   * @throws KhipuError as `connect` does
   */
  async refresh(profileId: string, signal: AbortSignal): Promise<Connected> {
    const before = await this.connect(profileId, signal);
    const catalog = await this.#readers.get(before.database)?.read(signal);
    const entry = this.#entries.get(profileId);
    const now = entry?.current;
    if (catalog === undefined || now?.catalog === catalog) return now ?? before;
    const renewed = { ...before, catalog };
    if (entry !== undefined && now?.database === before.database) {
      entry.current = renewed;
      this.#onChange(profileId);
    }
    return renewed;
  }

  /** Closes the connections of a profile; whatever runs on them ends with `connection-lost`. */
  async disconnect(profileId: string): Promise<void> {
    const entry = this.#entries.get(profileId);
    if (entry === undefined) return;
    this.#entries.delete(profileId);
    entry.ended.abort(new KhipuError('cancelled', 'Disconnected.'));
    await entry.connecting.end();
    this.#onChange(profileId);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all([...this.#entries.keys()].map((id) => this.disconnect(id)));
  }
}
