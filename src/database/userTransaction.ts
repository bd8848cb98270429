/** A transaction that a user has opened: statements run in it one after the other, each failure takes back only itself. */
import { performance } from 'node:perf_hooks';
import type { StatementEffect } from '../shared/changesProtocol.ts';
import { KhipuError, toKhipuError, withHint } from '../shared/errors.ts';
import type { Database } from './connect.ts';
import { openIn, withMessages } from './execute.ts';
import { ReadOnlySql } from './guard.ts';
import { openTransaction } from './openTransaction.ts';
import type { ResultPages } from './resultPages.ts';
import { setSearchPath } from './searchPath.ts';
import type { Session, Statement } from './session.ts';
import { WriteSql } from './writeDoor.ts';
import { runWrite } from './writeEffect.ts';

/** `read` is a stable snapshot of committed data; `write` sees what others commit meanwhile, and its own changes. */
export type TransactionMode = 'read' | 'write';

/** How a transaction ended. */
export interface TransactionEnding {
  readonly how: 'committed' | 'rolled-back' | 'unknown';
  /** Why, when nobody asked for it. */
  readonly error?: KhipuError;
}

export interface TransactionOptions {
  readonly mode: TransactionMode;
  /** After so long without a statement the server rolls back by itself, in milliseconds. */
  readonly idleLimitMs: number;
  /** Told once, however it ends. */
  readonly onEnd: (ending: TransactionEnding) => void;
}

const lockLimitMs = 5000;
const savepoint = 'khipu';
const never = new AbortController().signal;
/** For statements that only end something: the connection is closed when they take longer. */
const endingLimitMs = 5000;

/**
 * Begins a transaction on a connection of its own, which is closed with it: what a statement changes of the session (a role, a
 * search path, a prepared statement, a lock) ends there.
 * @throws KhipuError `write-refused` where the profile does not allow it; those of the connection
 */
export async function beginTransaction(
  database: Database,
  options: TransactionOptions,
  signal: AbortSignal,
): Promise<UserTransaction> {
  const { profile } = database;
  const refusal = transactionRefusal(profile, options.mode);
  if (refusal !== undefined) throw refusal;
  const mode = options.mode === 'write' ? 'READ WRITE' : 'ISOLATION LEVEL REPEATABLE READ READ ONLY';
  const session = await openTransaction(database, `BEGIN TRANSACTION ${mode}`, signal);
  try {
    const { rows } = await session.query(
      {
        text: `SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true),
                      set_config('idle_in_transaction_session_timeout', $3, true),
                      set_config('standard_conforming_strings', 'on', true), current_setting('server_version_num')`,
        values: [`${profile.statementTimeoutMs}`, `${lockLimitMs}`, `${options.idleLimitMs}`],
      },
      signal,
    );
    await setSearchPath(session, profile, signal);
    return new UserTransaction(database, session, options, Number(rows[0]?.[4] ?? 0));
  } catch (error) {
    session.destroy(new Error('The transaction could not be opened.'));
    throw error;
  }
}

/** Why a connection takes no such transaction; undefined when it does. */
export function transactionRefusal(
  { name, access, singleSession }: Pick<Database['profile'], 'name' | 'access' | 'singleSession'>,
  mode: TransactionMode,
): KhipuError | undefined {
  if (singleSession) {
    const message = `${name} has one session for everything, so no transaction can stay open on it, and it is read only.`;
    return new KhipuError('write-refused', message, { hint: 'Use a Postgres server of your own.' });
  }
  if (mode === 'read' || access === 'write') return undefined;
  return new KhipuError('write-refused', `${name} is a connection for reading only.`, {
    hint: 'To change data through it, set its access to "write allowed" with Khipu: Edit Connection.',
  });
}

/** Owns its connection until it has ended. Calls at the same time take turns. */
export class UserTransaction {
  readonly mode: TransactionMode;
  readonly #database: Database;
  readonly #session: Session;
  readonly #serverVersion: number;
  readonly #onEnd: (ending: TransactionEnding) => void;
  readonly #ending = new AbortController();
  #queue: Promise<unknown> = Promise.resolve();
  #ended: TransactionEnding | undefined;
  #committing = false;
  #cursors = 0;
  #statements = 0;

  constructor(database: Database, session: Session, options: TransactionOptions, serverVersion: number) {
    this.mode = options.mode;
    this.#database = database;
    this.#session = session;
    this.#serverVersion = serverVersion;
    this.#onEnd = options.onEnd;
    session.onLost((reason) => this.#onLost(reason));
  }

  /** How many statements have succeeded in it. */
  get statements(): number {
    return this.#statements;
  }

  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  /**
   * Reads in the transaction; pages stay readable until it ends. In a transaction that writes, the read itself still cannot.
   * @throws KhipuError `connection-lost` when it has ended; of the statement
   */
  read(statement: ReadOnlySql, signal: AbortSignal): Promise<ResultPages> {
    if (!ReadOnlySql.is(statement))
      throw new KhipuError('internal', 'A statement that the guard has not seen is not run.');
    const started = performance.now();
    return this.#told(async () => {
      const cursor = `khipu_result_${this.#cursors++}`;
      const owner = {
        within: <T>(work: () => Promise<T>): Promise<T> => this.#enqueue(() => this.#reading(work)),
        end: () => this.#closeCursor(cursor),
      };
      const place = { database: this.#database, session: this.#session, cursor, owner };
      const { pages, holdsCursor } = await this.#reading(() =>
        openIn(place, statement, started, this.#until(signal)),
      );
      this.#statements += 1;
      if (!holdsCursor && statement.kind === 'rows') await this.#command(`CLOSE ${cursor}`);
      return pages;
    });
  }

  /**
   * Runs a statement that may write, and tells what it did.
   * @throws KhipuError of the statement: then it is as if it had not run, and the transaction goes on
   */
  write(statement: WriteSql, signal: AbortSignal): Promise<StatementEffect> {
    if (!WriteSql.is(statement) || this.mode !== 'write')
      throw new KhipuError('internal', 'This statement did not come through the write door.');
    return this.#told(async () => {
      const place = {
        session: this.#session,
        serverVersion: this.#serverVersion,
        attempt: <T>(work: () => Promise<T>): Promise<T> => this.#attempt(work),
      };
      const effect = await runWrite(place, statement, this.#until(signal)).catch((error: unknown) => {
        throw explainLock(error);
      });
      this.#statements += 1;
      return { ...effect, messages: this.#session.messages.messages };
    });
  }

  /**
   * Commits. Nothing can cancel it: a cancel that comes late would not tell what became of the changes.
   * @throws KhipuError of a deferred constraint or trigger, after which everything is rolled back; `outcome-unknown` when the
   *   connection dies before the server has answered
   */
  commit(): Promise<void> {
    return this.#enqueue(async () => {
      const id = await this.#transactionId();
      if (this.#ended !== undefined) throw endedError(this.#ended);
      this.#committing = true;
      const ending = await this.#sendCommit(id);
      this.#end(ending);
      if (ending.error !== undefined) throw ending.error;
    });
  }

  /** What came of COMMIT: only an answer of the server says that nothing was committed. */
  async #sendCommit(id: string | undefined): Promise<TransactionEnding> {
    try {
      const { tag } = await this.#session.execute({ text: 'COMMIT' }, () => undefined, never);
      if (tag === 'COMMIT') return { how: 'committed' };
      const error = new KhipuError('sql-failed', `The server answered COMMIT with ${tag}.`);
      return { how: 'rolled-back', error: withHint(error, 'Everything was rolled back.') };
    } catch (thrown) {
      const error = toKhipuError(thrown);
      return error.detail.sqlState === undefined || error.kind === 'connection-lost'
        ? { how: 'unknown', error: unknownOutcome(error, id) }
        : { how: 'rolled-back', error: withHint(error, 'Everything was rolled back.') };
    }
  }

  /** Rolls everything back, and stops what still runs; twice is fine. */
  async rollBack(): Promise<void> {
    this.#ending.abort(new KhipuError('cancelled', 'The transaction was rolled back.'));
    await this.#enqueue(async () => {
      // Closing the connection rolls back as well, so a failure here changes nothing.
      await this.#session
        .query({ text: 'ROLLBACK' }, AbortSignal.timeout(endingLimitMs))
        .catch(() => undefined);
      this.#end({ how: 'rolled-back' });
    }).catch(() => undefined);
  }

  /** A statement of the user's, when its turn has come: what the server said meanwhile goes with its failure. */
  #told<T>(work: () => Promise<T>): Promise<T> {
    return this.#enqueue(async () => {
      const log = this.#session.messages;
      log.clear();
      try {
        return await work();
      } catch (error) {
        throw log.messages === undefined ? error : withMessages(toKhipuError(error), log.messages);
      }
    });
  }

  /** Work in which the server itself refuses to write: a read-only subtransaction, after which the outer one writes again. */
  #reading<T>(work: () => Promise<T>): Promise<T> {
    return this.#attempt(async () => {
      if (this.mode === 'write') await this.#command(readOnlyHere);
      return work();
    });
  }

  /** Work whose failure takes back nothing but itself. */
  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    await this.#command(`SAVEPOINT ${savepoint}`);
    try {
      const result = await work();
      await this.#command(`RELEASE SAVEPOINT ${savepoint}`);
      return result;
    } catch (error) {
      await this.#putBack();
      throw error;
    }
  }

  async #putBack(): Promise<void> {
    try {
      await this.#command(`ROLLBACK TO SAVEPOINT ${savepoint}`);
      await this.#command(`RELEASE SAVEPOINT ${savepoint}`);
    } catch {
      // The connection is gone, or in no state to go on: `#onLost` tells, and the server rolls back.
      this.#session.destroy(new Error('The transaction could not be put back to before the statement.'));
    }
  }

  async #command(text: string): Promise<void> {
    await this.#session.query({ text }, never);
  }

  async #closeCursor(cursor: string): Promise<void> {
    if (!this.isOpen) return;
    await this.#enqueue(() => this.#attempt(() => this.#command(`CLOSE ${cursor}`))).catch(() => undefined);
  }

  /** The id by which the server knows the changes; undefined when it has none, or changed nothing. */
  async #transactionId(): Promise<string | undefined> {
    if (this.mode === 'read') return undefined;
    const query: Statement = { text: 'SELECT pg_current_xact_id_if_assigned()::text' };
    const found = await this.#attempt(() => this.#session.query(query, never)).catch(() => undefined);
    return found?.rows[0]?.[0] ?? undefined;
  }

  #until(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#ending.signal]);
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => {
      if (this.#ended !== undefined) throw endedError(this.#ended);
      return work();
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  #onLost(reason: Error): void {
    if (this.#committing) return; // `commit` is told by its own statement
    const message = `${withoutFullStop(reason.message)}: the transaction was rolled back.`;
    this.#end({
      how: 'rolled-back',
      error: new KhipuError('connection-lost', message, {}, { cause: reason }),
    });
  }

  #end(ending: TransactionEnding): void {
    if (this.#ended !== undefined) return;
    this.#ended = ending;
    this.#session.destroy(new Error('The transaction has ended.'));
    this.#onEnd(ending);
  }
}

const readOnlyHere = `SELECT set_config('transaction_read_only', 'on', true), set_config('standard_conforming_strings', 'on', true)`;

function endedError({ how, error }: TransactionEnding): KhipuError {
  return error ?? new KhipuError('connection-lost', `The transaction has ended: ${endingWords[how]}.`);
}

const endingWords = {
  committed: 'it was committed',
  'rolled-back': 'it was rolled back',
  unknown: 'its outcome is unknown',
};

function unknownOutcome(error: KhipuError, id: string | undefined): KhipuError {
  const hint =
    id === undefined
      ? undefined
      : `Unless the server has crashed, SELECT pg_xact_status('${id}') tells there whether it was.`;
  const message = `The connection was lost while the changes were being committed, so it is not known whether they were: ${error.message}`;
  return new KhipuError('outcome-unknown', message, { hint }, { cause: error });
}

/** A lock that others hold: what the server says of it does not say what to do. */
function explainLock(thrown: unknown): unknown {
  if (!(thrown instanceof KhipuError) || thrown.detail.sqlState !== '55P03') return thrown;
  const message = `Another transaction holds a lock that this statement needs, and kept it for ${lockLimitMs / 1000} s.`;
  return new KhipuError('sql-failed', message, thrown.detail, { cause: thrown });
}

function withoutFullStop(message: string): string {
  return message.replace(/\.$/, '');
}
