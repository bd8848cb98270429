/** One leased connection: statements by the extended protocol, values as Postgres's own text, and a cancel that cancels. */
import type { CustomTypesConfig, PoolClient, Submittable } from 'pg';
import type { ConnectionOptions } from 'node:tls';
import { cancelled, KhipuError, throwIfAborted } from '../shared/errors.ts';
import { sendCancelRequest } from './cancelRequest.ts';
import { pageCellBytes, shortenCells } from './largeCells.ts';
import { MessageLog, type WireNotice } from './messageLog.ts';
import { fromStatementError, type StatementContext } from './pgErrors.ts';
import type { ServerSocket } from './reach.ts';
import { RowStream, type CellReceiver, type OnRow, type Receiving, type StreamColumn } from './rowStream.ts';
import { majorVersionOf, socketOf, wireOf } from './wireClient.ts';

/** What a statement gave: cells are Postgres's text, NULL is null. */
export interface StatementRows {
  readonly columns: readonly StreamColumn[];
  readonly rows: (string | null)[][];
  /** Rows returned or moved over. */
  readonly count: number;
}

/** What a statement did. */
export interface Done {
  readonly columns: readonly StreamColumn[];
  /** Postgres's command tag: `UPDATE 3`, `CREATE TABLE`. */
  readonly tag: string;
}

/** Rows to look at. */
export interface ShownRows {
  readonly columns: readonly StreamColumn[];
  readonly rows: (string | null)[][];
  /** Places of the rows that have a shortened cell. */
  readonly shortened: ReadonlySet<number>;
}

export interface Statement {
  readonly text: string;
  readonly values?: readonly (string | number | null | readonly string[])[];
  /** The user's own statement inside `text`, for the positions of errors. */
  readonly context?: StatementContext;
}

/** A statement whose values are text, as those of a person are. */
export interface TextStatement extends Statement {
  readonly values?: readonly (string | null)[];
}

/** How an abort reaches the server: by a CancelRequest, or, where there is no such thing, by `interrupt`. */
export interface Interruption {
  readonly tls: ConnectionOptions | undefined;
  /** A socket for the request, by the way that the session took. */
  readonly socket: () => ServerSocket;
  readonly interrupt: (() => Promise<void>) | undefined;
  /** A server that says nothing for so long while it owes an answer is taken for gone, in milliseconds. */
  readonly silenceMs: number;
  /** The connection was on loan before. */
  readonly isReused: boolean;
}

/** The work of one call, and whether it is this side that keeps the server waiting. */
interface Work<T> {
  readonly result: Promise<T>;
  readonly isPaused: () => boolean;
  /** Told when the work is no longer wanted. */
  readonly drop: () => void;
  /** Whether the server has run a statement of it. */
  readonly hasAnswered: () => boolean;
  /** What an error that comes now is told by. */
  readonly context: () => StatementContext | undefined;
}

/** The server answers a cancel in milliseconds; after this the connection is given up. */
const cancelPatienceMs = 2000;
const noticesPerTurn = 500;
const textOnly: CustomTypesConfig = { getTypeParser: () => (value: unknown) => value };

/** A connection on loan from the pool. Statements run one after the other, in the order they were given. */
export class Session {
  /** What the server has said on this loan; whoever runs a statement of the user's clears it before. */
  readonly messages = new MessageLog();
  readonly #client: PoolClient;
  readonly #interruption: Interruption;
  #broken: Error | undefined;
  #released = false;
  #heard = 0;
  #running = 0;
  #hasAnswered = false;
  #afterRelease: () => void = () => undefined;
  #onLost: (reason: Error) => void = () => undefined;

  constructor(client: PoolClient, interruption: Interruption) {
    this.#client = client;
    this.#interruption = interruption;
    client.on('error', this.#onError);
    client.on('notice', this.#onNotice);
  }

  readonly #onError = (error: Error): void => this.#lose(error);

  /** The first reason is the cause; what comes after it only says that the socket is closed. */
  #lose(reason: Error): void {
    if (this.#broken !== undefined) return;
    this.#broken = reason;
    this.#onLost(reason);
  }

  /** Has the borrower told, once, when the connection is gone, also while nothing runs on it. */
  onLost(listener: (reason: Error) => void): void {
    this.#onLost = listener;
  }

  /** Whether the connection has been idle, and may have been cut meanwhile. */
  get isReused(): boolean {
    return this.#interruption.isReused;
  }

  /** The major version of Postgres that the server says it has; 0 when it does not say. */
  get majorVersion(): number {
    return majorVersionOf(this.#client);
  }

  /** Whether a statement has run on this loan, so that a connection that is lost was there. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** A flood is taken in slices: the socket gives megabytes in one turn of the event loop. */
  readonly #onNotice = (notice: WireNotice): void => {
    this.messages.add(notice);
    this.#heard += 1;
    if (this.#heard !== noticesPerTurn) return;
    const stream = socketOf(this.#client);
    stream.pause();
    setImmediate(() => {
      this.#heard = 0;
      stream.resume();
    });
  };

  /**
   * Runs one statement; the extended protocol takes no second one.
   * @throws KhipuError `sql-*`, `statement-timeout`, `permission-denied`, `connection-lost` or `cancelled`
   */
  query(statement: Statement, signal: AbortSignal): Promise<StatementRows> {
    const start = (): Work<StatementRows> => ({
      result: this.#send(statement),
      isPaused: () => false,
      drop: () => undefined,
      hasAnswered: () => false,
      context: () => statement.context,
    });
    return this.#run(start, signal);
  }

  /**
   * Runs one statement and hands its rows over as they arrive, at the pace of the receiver.
   * @param receiving how cells are received, and what takes that which COPY … TO STDOUT sends instead of rows
   * @returns the columns, also when there was no row
   * @throws KhipuError as `query` does
   */
  async stream(
    statement: TextStatement,
    onRow: OnRow,
    signal: AbortSignal,
    receiving: Receiving = {},
  ): Promise<readonly StreamColumn[]> {
    return (await this.execute(statement, onRow, signal, receiving)).columns;
  }

  /**
   * Runs one statement as `stream` does, and says what it did.
   * @param before statements that run first, on the same way to the server and back: after a failure nothing more of all runs
   */
  execute(
    statement: TextStatement,
    onRow: OnRow,
    signal: AbortSignal,
    receiving: Receiving = {},
    before: readonly TextStatement[] = [],
  ): Promise<Done> {
    const start = (): Work<Done> => {
      const rows = new RowStream(before, statement, onRow, receiving, wireOf(this.#client));
      // pg types its Connection more narrowly than what it hands to a query of another's making.
      this.#client.query(rows as unknown as Submittable);
      const result = rows.done.then((columns) => ({ columns, tag: rows.tag }));
      result.catch(() => undefined); // it may fail when nobody waits any more
      return {
        result,
        isPaused: () => rows.paused,
        drop: () => rows.discard(),
        hasAnswered: () => rows.completed > 0,
        context: () => (before[rows.completed] ?? statement).context,
      };
    };
    return this.#run(start, signal);
  }

  /**
   * Runs one statement for rows that are looked at: cells longer than a person reads are shortened as they arrive.
   * @param before as for `execute`
   */
  async page(
    statement: TextStatement,
    signal: AbortSignal,
    before: readonly TextStatement[] = [],
  ): Promise<ShownRows> {
    const rows: (string | null)[][] = [];
    const shortened = new Set<number>();
    const shorten = shortenCells(undefined, () => shortened.add(rows.length));
    const onRow: OnRow = (cells, _columns, cuts) => void rows.push(shorten(cells, cuts));
    const receiving = { keptBytes: pageCellBytes };
    const { columns } = await this.execute(statement, onRow, signal, receiving, before);
    return { columns, rows, shortened };
  }

  /**
   * Runs one statement for one cell of its rows, which is handed over whole, as UTF-8, at the pace of the receiver.
   * @returns how many rows there were
   */
  async cell(statement: TextStatement, cell: CellReceiver, signal: AbortSignal): Promise<number> {
    let rows = 0;
    const onRow: OnRow = () => void (rows += 1);
    await this.stream(statement, onRow, signal, { cell });
    return rows;
  }

  async #run<T>(start: () => Work<T>, signal: AbortSignal): Promise<T> {
    throwIfAborted(signal);
    const broken = this.#broken;
    if (broken !== undefined) throw new KhipuError('connection-lost', broken.message, {}, { cause: broken });
    const givenUp = Promise.withResolvers<never>();
    givenUp.promise.catch(() => undefined); // it may come when nobody waits any more
    const work = start();
    this.#running += 1;
    let patience: NodeJS.Timeout | undefined;
    let interrupting: Promise<void> | undefined;
    const onAbort = (): void => {
      work.drop();
      interrupting = this.#interrupt();
      patience = setTimeout(() => {
        this.#lose(new Error('The server did not react to the cancel request.'));
        givenUp.reject(cancelled());
      }, cancelPatienceMs);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const unwatch = this.#watchSilence(work.isPaused, givenUp.reject);
    try {
      return await Promise.race([work.result, givenUp.promise]);
    } catch (thrown) {
      if (signal.aborted) throw cancelled(thrown);
      const error = fromStatementError(thrown, work.context());
      // A cancel that the user did not ask for: the connection is being closed.
      if (error.kind === 'cancelled' && this.#broken !== undefined)
        throw new KhipuError('connection-lost', this.#broken.message, {}, { cause: error });
      throw error;
    } finally {
      this.#running -= 1;
      this.#hasAnswered ||= work.hasAnswered();
      unwatch();
      signal.removeEventListener('abort', onAbort);
      clearTimeout(patience);
      // A cancel request that is still on its way would hit the next statement.
      if (this.#broken === undefined) await interrupting;
    }
  }

  /**
   * A network that was cut in silence gives no error for many minutes: TCP waits. The server ends a statement after its
   * statement_timeout, so when even then not a byte has come, the connection is given up.
   */
  #watchSilence(isPaused: () => boolean, giveUp: (error: KhipuError) => void): () => void {
    const stream = socketOf(this.#client);
    const { silenceMs } = this.#interruption;
    let heard = stream.bytesRead;
    const timer = setInterval(() => {
      if (isPaused() || stream.bytesRead !== heard) {
        heard = stream.bytesRead;
        return;
      }
      const seconds = Math.round(silenceMs / 1000);
      this.#lose(new Error(`The server has said nothing for ${seconds} s.`));
      giveUp(new KhipuError('connection-lost', `The server has said nothing for ${seconds} s.`));
    }, silenceMs);
    return () => clearInterval(timer);
  }

  async #interrupt(): Promise<void> {
    try {
      await this.#cancel();
    } catch (error) {
      this.#lose(new Error('The cancel request failed.', { cause: error }));
    }
  }

  async #send({ text, values }: Statement): Promise<StatementRows> {
    const config = {
      text,
      values: values?.slice() ?? [],
      rowMode: 'array' as const,
      types: textOnly,
      queryMode: 'extended', // pg would use the simple protocol, which takes several statements, when there are no values
    };
    const result = await this.#client.query<(string | null)[]>(config);
    this.#hasAnswered = true;
    return {
      columns: result.fields.map((field) => ({
        name: field.name,
        typeOid: field.dataTypeID,
        typeModifier: field.dataTypeModifier,
      })),
      rows: result.rows,
      count: result.rowCount ?? 0,
    };
  }

  async #cancel(): Promise<void> {
    if (this.#interruption.interrupt !== undefined) return this.#interruption.interrupt();
    const client = this.#client as unknown as {
      host: string;
      port: number;
      processID: number;
      secretKey: number;
    };
    await sendCancelRequest({
      host: client.host,
      port: client.port,
      processId: client.processID,
      secretKey: client.secretKey,
      tls: this.#interruption.tls,
      socket: this.#interruption.socket,
    });
  }

  /** Has the owner of the pool told when this loan ends. */
  onRelease(listener: () => void): void {
    this.#afterRelease = listener;
  }

  /** Gives the connection back, or closes it when it can no longer be trusted. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#client.off('error', this.#onError);
    this.#client.off('notice', this.#onNotice);
    this.#client.release(this.#broken ?? false);
    this.#afterRelease();
  }

  /** Closes the connection, and stops what the server still runs there: a server that computes does not look at its sockets. */
  async shutDown(reason: Error): Promise<void> {
    this.#lose(reason);
    if (this.#running > 0) await this.#interrupt();
    this.release();
  }

  /** Closes the connection, so that whatever it still ran ends with it. */
  destroy(reason: Error): void {
    this.#lose(reason);
    this.release();
  }
}
