/** One read-only snapshot of a server's catalog, which survives the queries that the server refuses. */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { KhipuError } from '../shared/errors.ts';
import type { EachRow } from './catalogPart.ts';
import { names, number, text, type Cells } from './catalogRows.ts';
import type { ConnectionProfile } from './profile.ts';
import { setSearchPath } from './searchPath.ts';
import type { Session } from './session.ts';

/** What a catalog says of the server itself. */
export interface ServerFacts {
  readonly database: string;
  readonly version: number;
  readonly searchPath: readonly string[];
  /** Bytes of a page. */
  readonly blockSize: number;
}

/** Compiling these queries would take longer than running them; that setting is not on every server. */
const serverSql = `
  SELECT pg_catalog.current_database(), pg_catalog.current_setting('server_version_num'),
         pg_catalog.to_json(pg_catalog.current_schemas(true)), pg_catalog.current_setting('block_size'),
         (SELECT pg_catalog.set_config(s.name, 'off', true) FROM pg_catalog.pg_settings s WHERE s.name = 'jit')`;

/**
 * Whether the server lacks what was asked for or keeps it from this role: 42501, 42P01, 42883, 42703 and their kin, 0A000, and
 * XX000, by which servers that only look like Postgres say that they do not know.
 */
export function isLacking(error: unknown): error is KhipuError {
  const state = error instanceof KhipuError ? error.detail.sqlState : undefined;
  return state !== undefined && (state.startsWith('42') || state === '0A000' || state === 'XX000');
}

/** Rows that are worked through in one go: about a millisecond. */
const sliceLength = 250;
/** Milliseconds until others get a turn on the event loop. */
const turnMs = 5;

/** Begins what a `CatalogSnapshot` reads in. */
export const beginSnapshot = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** Everything is read in one transaction, unless the server refuses a query. */
export class CatalogSnapshot {
  readonly #session: Session;
  readonly #profile: ConnectionProfile;
  readonly #signal: AbortSignal;

  constructor(session: Session, profile: ConnectionProfile, signal: AbortSignal) {
    this.#session = session;
    this.#profile = profile;
    this.#signal = signal;
  }

  /**
   * Sets up the transaction that `beginSnapshot` has begun.
   * @throws KhipuError of the server
   */
  async begin(): Promise<ServerFacts> {
    // As statements will have it, for names are printed with a schema or without one accordingly.
    await setSearchPath(this.#session, this.#profile, this.#signal);
    const [row] = await this.#run(serverSql);
    if (row === undefined) throw new KhipuError('protocol', 'The server did not say what it is.');
    return {
      database: text(row, 0),
      version: number(row, 1),
      searchPath: names(row, 2),
      blockSize: number(row, 3),
    };
  }

  async end(): Promise<void> {
    await this.#run('ROLLBACK');
  }

  /**
   * The first row of a query.
   * @throws KhipuError of the server, after which the next query can be asked
   */
  async row(sql: string): Promise<Cells> {
    return (await this.#refusable(async () => this.#run(sql)))[0] ?? [];
  }

  /** Queries whose rows are also taken into a digest: equal digests mean equal rows. */
  digested(): { readonly eachRow: EachRow; readonly digest: () => string } {
    const hash = createHash('sha256');
    const eachRow: EachRow = async (sql, each) => {
      let slice: Cells[] = [];
      const flush = (): void => {
        hash.update(JSON.stringify(slice));
        for (const cells of slice) each(cells);
        slice = [];
      };
      await this.#refusable(async () =>
        this.#stream(sql, (cells) => {
          if (slice.push(cells) === sliceLength) flush();
        }),
      );
      flush();
    };
    return { eachRow, digest: () => hash.digest('base64') };
  }

  /**
   * Rows as they arrive, not all of them at once. Node reads a full socket many times before it lets anything else run, so
   * after some milliseconds the socket has to wait for a turn.
   */
  async #stream(sql: string, each: (cells: Cells) => void): Promise<void> {
    let failure: unknown;
    let turnStarted = performance.now();
    let isWaiting = false;
    const wait = async (): Promise<void> => {
      isWaiting = true;
      await nextTurn();
      isWaiting = false;
      turnStarted = performance.now();
    };
    const onRow = (cells: Cells): Promise<void> | undefined => {
      // What `each` throws must not reach pg, which could not go on.
      try {
        if (failure === undefined) each(cells);
      } catch (error) {
        failure = error;
      }
      return isWaiting || performance.now() - turnStarted < turnMs ? undefined : wait();
    };
    await this.#session.stream({ text: sql }, onRow, this.#signal);
    if (failure !== undefined) throw failure as Error;
  }

  /** An error ends the transaction: the rest is read in a later snapshot, which only servers that lack something see. */
  async #refusable<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (isLacking(error)) {
        await this.end();
        await this.#run(beginSnapshot);
        await this.begin();
      }
      throw error;
    }
  }

  async #run(sql: string): Promise<(string | null)[][]> {
    return (await this.#session.query({ text: sql }, this.#signal)).rows;
  }
}
