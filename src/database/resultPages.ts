/** What a result that is being looked at can be asked for, and the simplest of them: one that is here whole. */
import type { ResultColumn, ResultRow, RowTotal } from '../shared/resultsProtocol.ts';
import type { ServerMessages } from '../shared/serverMessages.ts';
import { throwIfAborted } from '../shared/errors.ts';
import { shortenCells } from './largeCells.ts';
import type { OnChunk } from './rowStream.ts';

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
  /** All of it is in `firstRows`, and nothing is held for it: closing it changes nothing. */
  readonly isWhole: boolean;
  /**
   * Rows `start` to `start + count - 1`, fewer at the end; very long cells shortened, see `largeCells.ts`.
   * @throws KhipuError `connection-lost` when the server has ended the transaction; `cancelled`
   */
  page(start: number, count: number, signal: AbortSignal): Promise<ResultRow[]>;
  /**
   * Hands over rows `start` to `start + count - 1` in order, fewer at the end or once `take` returns false. Of columns that are
   * not wanted the cells may be empty.
   * @throws KhipuError as `page` does; `invalid-input` when a statement that had to run again gives other rows now
   */
  each(range: RowRange, take: (cells: ResultRow) => boolean, signal: AbortSignal): Promise<void>;
  /**
   * Hands over one cell whole, as UTF-8 in parts, at the pace of the receiver.
   * @returns false when it is NULL
   * @throws KhipuError as `each` does; `invalid-input` when there is no such cell
   */
  cell(place: CellPlace, onPart: OnChunk, signal: AbortSignal): Promise<boolean>;
  /** Counts on, up to the cap, calling back as it learns more; returns the last total. */
  count(onTotal: (total: RowTotal) => void, signal: AbortSignal): Promise<RowTotal>;
  /** Raises the cap of this result by another cap's worth, and counts on. @throws KhipuError as `each` does */
  more(onTotal: (total: RowTotal) => void, signal: AbortSignal): Promise<RowTotal>;
  /** Frees the cursor and its connection; twice is fine. */
  close(): Promise<void>;
}

export interface RowRange {
  readonly start: number;
  readonly count: number;
  readonly columns: ReadonlySet<number>;
  /** Bytes of a cell; longer ones are cut there, which is more than `take` can use. */
  readonly keptBytes: number;
}

/** Both from 0. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

export interface ResultHead {
  readonly columns: readonly ResultColumn[];
  readonly firstRows: readonly ResultRow[];
  readonly ms: number;
  readonly messages: ServerMessages | undefined;
}

/** A total in which `atCap` stands only where it is true. */
export function totalOf(rows: number, complete: boolean, cap: number): RowTotal {
  return !complete && rows >= cap ? { rows, complete, atCap: true } : { rows, complete };
}

/** A small result that is here whole. */
export function bufferedPages(head: ResultHead, rows: readonly ResultRow[]): ResultPages {
  const total = { rows: rows.length, complete: true };
  const told: ResultPages['count'] = (onTotal) => {
    onTotal(total);
    return Promise.resolve(total);
  };
  return {
    ...head,
    total,
    isWhole: rows.length <= head.firstRows.length,
    page: (start, count) => {
      const shorten = shortenCells();
      return Promise.resolve(rows.slice(start, start + count).map((row) => shorten([...row])));
    },
    each: ({ start, count }, take, signal) => {
      throwIfAborted(signal);
      for (const row of rows.slice(start, start + count)) if (!take(row)) break;
      return Promise.resolve();
    },
    cell: ({ row, column }, onPart, signal) => handOver(rows[row]?.[column], onPart, signal),
    count: told,
    more: told,
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

const partUnits = 100_000;

async function handOver(
  cell: string | null | undefined,
  onPart: OnChunk,
  signal: AbortSignal,
): Promise<boolean> {
  if (cell === null || cell === undefined) return false;
  for (let from = 0; from < cell.length;) {
    throwIfAborted(signal);
    const end = from + partUnits;
    const to = /[\uD800-\uDBFF]/.test(cell.charAt(end - 1)) ? end + 1 : end;
    await onPart(Buffer.from(cell.slice(from, to)));
    from = to;
  }
  return true;
}
