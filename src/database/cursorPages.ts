/** Random access to the rows of a large result, behind a scroll cursor that stays open. */
import { cancelled, KhipuError, throwIfAborted } from '../shared/errors.ts';
import type { ResultColumn, ResultRow, RowTotal } from '../shared/resultsProtocol.ts';
import type { ServerMessages } from '../shared/serverMessages.ts';
import { eachRow, moveTo, readCell, rowsFrom, skipRows, type OpenCursor } from './cursorReads.ts';
import { joinMessages } from './messageLog.ts';
import { fromStatementError } from './pgErrors.ts';
import { endReadOnly } from './readOnlyTransaction.ts';
import {
  totalOf,
  type CellPlace,
  type CursorOwner,
  type ResultHead,
  type ResultPages,
  type RowRange,
} from './resultPages.ts';
import type { OnChunk } from './rowStream.ts';

/** Rows are counted in steps of this many, so that pages can be asked for in between. */
const countStep = 20_000;

export interface CursorPagesOptions {
  readonly rowCap: number;
  /** Whether the first rows are all there are; then the cursor is there for their long cells. */
  readonly complete: boolean;
  /** Whose the transaction is; the cursor's own when left out. */
  readonly owner?: CursorOwner | undefined;
}

/** A result behind an open SQL cursor; requests to the one connection queue up. */
export class CursorPages implements ResultPages {
  readonly columns: readonly ResultColumn[];
  readonly firstRows: readonly ResultRow[];
  readonly ms: number;
  readonly isWhole = false;
  readonly #cursor: OpenCursor;
  readonly #owner: CursorOwner;
  readonly #capStep: number;
  #cap: number;
  #rows: number;
  /** Rows that have been read, or moved over. */
  #seen: number;
  #complete: boolean;
  #messages: ServerMessages | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #ended = new AbortController();

  constructor(head: ResultHead, cursor: OpenCursor, { rowCap, complete, owner }: CursorPagesOptions) {
    this.columns = head.columns;
    this.firstRows = head.firstRows;
    this.ms = head.ms;
    this.#messages = head.messages;
    this.#cursor = cursor;
    this.#owner = owner ?? { within: (work) => work(), end: () => endReadOnly(cursor.session) };
    this.#cap = rowCap;
    this.#capStep = rowCap;
    this.#rows = head.firstRows.length;
    this.#complete = complete;
    // One row more than those of the first page has been read: that it exists is what the cursor is there for.
    this.#seen = head.firstRows.length + 1;
  }

  get total(): RowTotal {
    return totalOf(this.#rows, this.#complete, this.#cap);
  }

  /** Those of the first rows and of counting: pages that are read again have their rows say everything again. */
  get messages(): ServerMessages | undefined {
    return this.#messages;
  }

  page(start: number, count: number, signal: AbortSignal): Promise<ResultRow[]> {
    const wanted = Math.max(0, Math.min(count, this.#cap - start));
    return this.#enqueue(signal, async (ended) => {
      return (await rowsFrom(this.#cursor, start, wanted, ended)).rows;
    });
  }

  async each(range: RowRange, take: (cells: ResultRow) => boolean, signal: AbortSignal): Promise<void> {
    const count = Math.max(0, Math.min(range.count, this.#cap - range.start));
    const wanted = (cells: ResultRow): boolean => !signal.aborted && take(cells);
    await eachRow(this.#cursor, { ...range, count }, wanted, (work) => this.#enqueue(signal, work));
  }

  cell(place: CellPlace, onPart: OnChunk, signal: AbortSignal): Promise<boolean> {
    const wanted: OnChunk = (bytes) => (signal.aborted ? undefined : onPart(bytes));
    return this.#enqueue(signal, (ended) => readCell(this.#cursor, place, wanted, ended));
  }

  async count(onTotal: (total: RowTotal) => void, signal: AbortSignal): Promise<RowTotal> {
    while (!this.#complete && this.#rows < this.#cap) {
      const known = Math.max(this.#rows, this.#seen);
      const step = Math.min(countStep, this.#cap + 1 - known);
      const moved = await this.#enqueue(signal, async (ended) => {
        await moveTo(this.#cursor, known, ended);
        const log = this.#cursor.session.messages;
        log.clear();
        const skipped = await skipRows(this.#cursor, step, ended);
        this.#messages = joinMessages(this.#messages, log.messages);
        return skipped;
      });
      this.#seen = known + moved;
      this.#rows = Math.min(this.#seen, this.#cap);
      this.#complete = moved < step;
      onTotal(this.total);
    }
    return this.total;
  }

  more(onTotal: (total: RowTotal) => void, signal: AbortSignal): Promise<RowTotal> {
    if (this.total.atCap === true) this.#cap += this.#capStep;
    return this.count(onTotal, signal);
  }

  async close(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(closedError());
    await this.#queue.catch(() => undefined);
    await this.#owner.end();
  }

  /**
   * Runs work when its turn comes. A caller who no longer wants it is let go at once; but once it runs, only closing the result
   * interrupts it: a cancelled FETCH would abort the transaction, and with it the cursor.
   */
  async #enqueue<T>(signal: AbortSignal, work: (ended: AbortSignal) => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => {
      if (this.#ended.signal.aborted) throw closedError();
      throwIfAborted(signal);
      return this.#owner.within(() => work(this.#ended.signal), this.#ended.signal);
    });
    this.#queue = result.catch(() => undefined);
    const letGo = Promise.withResolvers<never>();
    const onAbort = (): void =>
      letGo.reject(signal.reason instanceof KhipuError ? signal.reason : cancelled());
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([result, letGo.promise]);
    } catch (error) {
      throw fromStatementError(error);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

function closedError(): KhipuError {
  return new KhipuError('connection-lost', 'This result is closed.');
}
