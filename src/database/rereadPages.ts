/**
 * Random access to the rows of a server that has one session for all: no transaction may stay open there, so the rows are read
 * at once, and the statement runs again for what was not kept: rows beyond the cap, and long cells whole.
 */
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import type { ResultColumn, ResultRow, RowTotal } from '../shared/resultsProtocol.ts';
import type { ServerMessages } from '../shared/serverMessages.ts';
import type { Database } from './connect.ts';
import { declareCursor, eachRow, moveTo, nextRows, readCell, type OpenCursor } from './cursorReads.ts';
import type { ReadOnlySql } from './guard.ts';
import { asSent, beginReadOnly, contextOf, endReadOnly } from './readOnlyTransaction.ts';
import { totalOf, type CellPlace, type ResultHead, type ResultPages, type RowRange } from './resultPages.ts';
import type { OnChunk } from './rowStream.ts';
import type { ShownRows } from './session.ts';

/** UTF-16 units of a shortened cell that are compared with what a second run gives. */
const comparedUnits = 1000;
/** The one cursor of its transaction. */
const cursorName = 'khipu_again';

/** How a statement is run again. */
export interface Source {
  readonly database: Database;
  readonly statement: ReadOnlySql;
}

export class RereadPages implements ResultPages {
  readonly columns: readonly ResultColumn[];
  readonly firstRows: readonly ResultRow[];
  readonly ms: number;
  readonly messages: ServerMessages | undefined;
  readonly #source: Source;
  readonly #rows: ResultRow[];
  readonly #shortened: Set<number>;
  readonly #capStep: number;
  readonly #closed = new AbortController();
  #cap: number;
  #complete: boolean;

  /** @param read every row up to the cap */
  constructor(head: ResultHead, read: ShownRows, complete: boolean, source: Source) {
    this.columns = head.columns;
    this.firstRows = head.firstRows;
    this.ms = head.ms;
    this.messages = head.messages;
    this.#source = source;
    this.#rows = read.rows;
    this.#shortened = new Set(read.shortened);
    this.#cap = source.database.profile.rowCap;
    this.#capStep = this.#cap;
    this.#complete = complete;
  }

  get total(): RowTotal {
    return totalOf(this.#rows.length, this.#complete, this.#cap);
  }

  get isWhole(): boolean {
    return this.#complete && this.#rows.length <= this.firstRows.length && this.#shortened.size === 0;
  }

  page(start: number, count: number): Promise<ResultRow[]> {
    return Promise.resolve(this.#rows.slice(start, start + count));
  }

  async each(range: RowRange, take: (cells: ResultRow) => boolean, signal: AbortSignal): Promise<void> {
    const { start, columns } = range;
    const end = Math.min(start + range.count, this.#rows.length);
    if (![...this.#shortened].some((row) => row >= start && row < end)) {
      await this.#eachKept(start, end, take, signal);
      return;
    }
    let row = start;
    const compared = (cells: ResultRow): boolean => {
      this.#expect(row++, cells, columns);
      return take(cells);
    };
    await this.#again(signal, (cursor, ended) =>
      eachRow(cursor, { ...range, count: end - start }, compared, (work) => work(ended)),
    );
  }

  async cell(place: CellPlace, onPart: OnChunk, signal: AbortSignal): Promise<boolean> {
    return this.#again(signal, async (cursor, ended) => {
      await moveTo(cursor, place.row, ended);
      const [cells = []] = (await nextRows(cursor, 1, ended)).rows;
      this.#expect(place.row, cells);
      return readCell(cursor, place, onPart, ended);
    });
  }

  count(onTotal: (total: RowTotal) => void): Promise<RowTotal> {
    onTotal(this.total);
    return Promise.resolve(this.total);
  }

  async more(onTotal: (total: RowTotal) => void, signal: AbortSignal): Promise<RowTotal> {
    if (this.total.atCap !== true) return this.count(onTotal);
    const last = this.#rows.length - 1;
    const read = await this.#again(signal, async (cursor, ended) => {
      await moveTo(cursor, last, ended);
      return nextRows(cursor, this.#capStep + 2, ended); // the last row once more, and one to see whether there are more
    });
    this.#expect(last, read.rows[0] ?? []);
    this.#cap += this.#capStep;
    this.#complete = read.rows.length < this.#capStep + 2;
    const added = read.rows.slice(1, this.#capStep + 1);
    for (const row of read.shortened) if (row > 0 && row <= added.length) this.#shortened.add(last + row);
    for (const row of added) this.#rows.push(row);
    return this.count(onTotal);
  }

  close(): Promise<void> {
    this.#closed.abort(new KhipuError('connection-lost', 'This result is closed.'));
    return Promise.resolve();
  }

  async #eachKept(
    start: number,
    end: number,
    take: (cells: ResultRow) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    for (let row = start; row < end; row++) {
      if (row % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
      throwIfAborted(signal);
      if (!take(this.#rows[row] ?? [])) return;
    }
  }

  async #again<T>(
    signal: AbortSignal,
    work: (cursor: OpenCursor, ended: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { database, statement } = this.#source;
    const ended = AbortSignal.any([signal, this.#closed.signal]);
    const session = await beginReadOnly(database, statement, ended);
    try {
      const { prefix } = declareCursor(cursorName);
      await session.query(asSent(statement, prefix), ended);
      return await work({ session, name: cursorName, context: contextOf(statement, prefix) }, ended);
    } finally {
      await endReadOnly(session);
    }
  }

  /** Row numbers mean nothing when the second run has other rows than the first. */
  #expect(row: number, cells: ResultRow, columns?: ReadonlySet<number>): void {
    const shown = this.#rows[row] ?? [];
    const same = (cell: string | null, index: number): boolean => {
      const before = shown[index] ?? null;
      if (cell === before || columns?.has(index) === false) return true;
      if (cell === null || before === null || !this.#shortened.has(row)) return false;
      return cell.length >= comparedUnits && before.startsWith(cell.slice(0, comparedUnits));
    };
    if (cells.length === shown.length && cells.every(same)) return;
    throw new KhipuError(
      'invalid-input',
      'The statement gives other rows now than it gave before. Run it again.',
    );
  }
}
