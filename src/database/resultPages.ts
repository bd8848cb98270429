/** Random access to the rows of a result: from memory when it is small, by a scroll cursor when it is not. */
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import type { ResultColumn, ResultRow, RowTotal } from '../shared/resultsProtocol.ts';
import type { ServerMessages } from '../shared/serverMessages.ts';
import { joinMessages } from './messageLog.ts';
import { fromStatementError, type StatementContext } from './pgErrors.ts';
import { endReadOnly } from './readOnlyTransaction.ts';
import type { Session } from './session.ts';

/** A result that is being looked at. Whoever opened it closes it. */
export interface ResultPages {
  readonly columns: readonly ResultColumn[];
  /** The first page, already here. */
  readonly firstRows: readonly ResultRow[];
  readonly total: RowTotal;
  /** From sending the statement to its first rows, in milliseconds. */
  readonly ms: number;
  /** What the server has said so far; more may come while rows are read on. */
  readonly messages: ServerMessages | undefined;
  /**
   * Rows `start` to `start + count - 1`, fewer at the end; very long cells shortened, see `largeCells.ts`.
   * @throws KhipuError `connection-lost` when the server has ended the transaction; `cancelled`
   */
  page(start: number, count: number, signal: AbortSignal): Promise<ResultRow[]>;
  /** Counts on, up to the cap, calling back as it learns more; returns the last total. */
  count(onTotal: (total: RowTotal) => void, signal: AbortSignal): Promise<RowTotal>;
  /** Frees the cursor and its connection; twice is fine. */
  close(): Promise<void>;
}

export interface ResultHead {
  readonly columns: readonly ResultColumn[];
  readonly firstRows: readonly ResultRow[];
  readonly ms: number;
  readonly messages: ServerMessages | undefined;
}

/** A result that is here whole; `complete` is false when it was cut off at the cap. */
export function bufferedPages(head: ResultHead, rows: readonly ResultRow[], complete: boolean): ResultPages {
  const total = { rows: rows.length, complete };
  return {
    ...head,
    total,
    page: (start, count) => Promise.resolve(rows.slice(start, start + count)),
    count: (onTotal) => {
      onTotal(total);
      return Promise.resolve(total);
    },
    close: () => Promise.resolve(),
  };
}

/** Whose transaction a cursor is open in. */
export interface CursorOwner {
  /** Does work on the connection when nothing else is done there. */
  within<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Frees the cursor, and the connection when nothing else needs it. */
  end(): Promise<void>;
}

/** Rows are counted in steps of this many, so that pages can be asked for in between. */
const countStep = 20_000;

/** A result behind an open SQL cursor; requests to the one connection queue up. */
export class CursorPages implements ResultPages {
  readonly columns: readonly ResultColumn[];
  readonly firstRows: readonly ResultRow[];
  readonly ms: number;
  readonly #session: Session;
  readonly #cursor: string;
  readonly #cap: number;
  readonly #context: StatementContext;
  readonly #owner: CursorOwner;
  #total: RowTotal;
  #messages: ServerMessages | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #ended = new AbortController();

  /**
   * @param context tells the errors of rows that are read later, as it does those of the first
   * @param owner the transaction is the cursor's own unless told
   */
  constructor(
    head: ResultHead,
    session: Session,
    cursor: string,
    cap: number,
    context: StatementContext,
    owner: CursorOwner = { within: (work) => work(), end: () => endReadOnly(session) },
  ) {
    this.columns = head.columns;
    this.firstRows = head.firstRows;
    this.ms = head.ms;
    this.#session = session;
    this.#cursor = cursor;
    this.#cap = cap;
    this.#context = context;
    this.#owner = owner;
    this.#total = { rows: head.firstRows.length, complete: false };
    this.#messages = head.messages;
  }

  get total(): RowTotal {
    return this.#total;
  }

  /** Those of the first rows and of counting: pages that are read again have their rows say everything again. */
  get messages(): ServerMessages | undefined {
    return this.#messages;
  }

  page(start: number, count: number, signal: AbortSignal): Promise<ResultRow[]> {
    const wanted = Math.max(0, Math.min(count, this.#cap - start));
    return this.#enqueue(signal, async (ended) => {
      await this.#moveTo(start, ended);
      const text = `FETCH FORWARD ${integer(wanted)} FROM ${this.#cursor}`;
      return (await this.#session.page({ text, context: this.#context }, ended)).rows;
    });
  }

  async count(onTotal: (total: RowTotal) => void, signal: AbortSignal): Promise<RowTotal> {
    // One row more than those of the first page has been read: the cursor is there only because it exists.
    const seen = this.firstRows.length + 1;
    while (!this.#total.complete && this.#total.rows < this.#cap) {
      const known = Math.max(this.#total.rows, seen);
      const step = Math.min(countStep, this.#cap + 1 - known);
      const moved = await this.#enqueue(signal, async (ended) => {
        await this.#moveTo(known, ended);
        this.#session.messages.clear();
        const text = `MOVE FORWARD ${integer(step)} IN ${this.#cursor}`;
        const forward = await this.#session.query({ text, context: this.#context }, ended);
        this.#messages = joinMessages(this.#messages, this.#session.messages.messages);
        return forward;
      });
      const rows = Math.min(known + moved.count, this.#cap);
      this.#total = { rows, complete: moved.count < step };
      onTotal(this.#total);
    }
    return this.#total;
  }

  async #moveTo(row: number, ended: AbortSignal): Promise<void> {
    const text = `MOVE ABSOLUTE ${integer(row)} IN ${this.#cursor}`;
    await this.#session.query({ text, context: this.#context }, ended);
  }

  async close(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(closedError());
    await this.#queue.catch(() => undefined);
    await this.#owner.end();
  }

  /**
   * Runs work when its turn comes. A caller who no longer wants it is dropped before that; once it runs, only closing the
   * result interrupts it: a cancelled FETCH would abort the transaction, and with it the cursor.
   */
  #enqueue<T>(signal: AbortSignal, work: (ended: AbortSignal) => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => {
      if (this.#ended.signal.aborted) throw closedError();
      throwIfAborted(signal);
      return this.#owner.within(() => work(this.#ended.signal), this.#ended.signal);
    });
    this.#queue = result.catch(() => undefined);
    return result.catch((error: unknown) => {
      throw fromStatementError(error);
    });
  }
}

function closedError(): KhipuError {
  return new KhipuError('connection-lost', 'This result is closed.');
}

/** Cursor commands take no parameters, so what stands in them must be a whole number. */
function integer(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new KhipuError('internal', `${value} is not a row number.`);
  return value.toString();
}
