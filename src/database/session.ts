/** One leased connection: statements by the extended protocol, values as Postgres's own text, and a cancel that cancels. */
import type { CustomTypesConfig, PoolClient } from 'pg';
import type { ConnectionOptions } from 'node:tls';
import { cancelled, throwIfAborted } from '../shared/errors.ts';
import { sendCancelRequest } from './cancelRequest.ts';
import { fromStatementError, type StatementContext } from './pgErrors.ts';

/** What a statement gave: cells are Postgres's text, NULL is null. */
export interface StatementRows {
  readonly columns: readonly {
    readonly name: string;
    readonly typeOid: number;
    readonly typeModifier: number;
  }[];
  readonly rows: (string | null)[][];
  /** Rows returned or moved over. */
  readonly count: number;
}

export interface Statement {
  readonly text: string;
  readonly values?: readonly (string | number | readonly string[])[];
  /** The user's own statement inside `text`, for the positions of errors. */
  readonly context?: StatementContext;
}

/** How an abort reaches the server: by a CancelRequest, or, where there is no such thing, by `interrupt`. */
export interface Interruption {
  readonly tls: ConnectionOptions | undefined;
  readonly interrupt: (() => Promise<void>) | undefined;
}

/** The server answers a cancel in milliseconds; after this the connection is given up. */
const cancelPatienceMs = 2000;
const textOnly: CustomTypesConfig = { getTypeParser: () => (value: unknown) => value };

/** A connection on loan from the pool. Statements run one after the other, in the order they were given. */
export class Session {
  readonly #client: PoolClient;
  readonly #interruption: Interruption;
  #broken: Error | undefined;
  #released = false;
  #afterRelease: () => void = () => undefined;

  constructor(client: PoolClient, interruption: Interruption) {
    this.#client = client;
    this.#interruption = interruption;
    client.on('error', this.#onError);
  }

  readonly #onError = (error: Error): void => {
    this.#broken = error;
  };

  /**
   * Runs one statement; the extended protocol takes no second one.
   * @throws KhipuError `sql-*`, `statement-timeout`, `permission-denied`, `connection-lost` or `cancelled`
   */
  async query(statement: Statement, signal: AbortSignal): Promise<StatementRows> {
    throwIfAborted(signal);
    const givenUp = Promise.withResolvers<never>();
    givenUp.promise.catch(() => undefined); // it may come when nobody waits any more
    let patience: NodeJS.Timeout | undefined;
    let interrupting: Promise<void> | undefined;
    const onAbort = (): void => {
      interrupting = this.#interrupt();
      patience = setTimeout(() => {
        this.#broken ??= new Error('The server did not react to the cancel request.');
        givenUp.reject(cancelled());
      }, cancelPatienceMs);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([this.#send(statement), givenUp.promise]);
    } catch (thrown) {
      if (signal.aborted) throw cancelled(thrown);
      throw fromStatementError(thrown, statement.context);
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(patience);
      // A cancel request that is still on its way would hit the next statement.
      if (this.#broken === undefined) await interrupting;
    }
  }

  async #interrupt(): Promise<void> {
    try {
      await this.#cancel();
    } catch (error) {
      this.#broken ??= new Error('The cancel request failed.', { cause: error });
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
    this.#client.release(this.#broken ?? false);
    this.#afterRelease();
  }

  /** Closes the connection, so that whatever it still ran ends with it. */
  destroy(reason: Error): void {
    this.#broken ??= reason;
    this.release();
  }
}
