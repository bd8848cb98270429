/** The rows of one result as the page holds them: asked for by page, the least lately used page forgotten first. */
import type { ResultRow, RowTotal } from '../src/shared/resultsProtocol.ts';

export const pageSize = 200;

// About 100 MB of short strings at worst; a screen needs two pages, or four while it jumps.
const mostCells = 2_000_000;
const fewestPages = 8;
const mostPages = 200;

export interface RowPagesOptions {
  readonly columnCount: number;
  readonly firstRows: readonly ResultRow[];
  readonly total: RowTotal;
  fetch(start: number, count: number, signal: AbortSignal): Promise<{ rows: ResultRow[]; total: RowTotal }>;
  /** Rows `from` to `to` (exclusive) have arrived. */
  onRows(from: number, to: number): void;
  onTotal(total: RowTotal): void;
  /** A page could not be had; `undefined` when all is well again. */
  onFault(error: unknown): void;
}

export class RowPages {
  readonly #options: RowPagesOptions;
  readonly #capacity: number;
  readonly #pages = new Map<number, readonly ResultRow[]>();
  readonly #asked = new Map<number, AbortController>();
  readonly #failed = new Set<number>();
  #firstRows: readonly ResultRow[];
  #total: RowTotal;

  constructor(options: RowPagesOptions) {
    this.#options = options;
    this.#firstRows = options.firstRows;
    this.#total = options.total;
    const fitting = Math.floor(mostCells / (pageSize * Math.max(1, options.columnCount)));
    this.#capacity = Math.min(mostPages, Math.max(fewestPages, fitting));
  }

  get total(): RowTotal {
    return this.#total;
  }

  /** The row, or `undefined` while it is not here. */
  row(index: number): ResultRow | undefined {
    return this.#firstRows[index] ?? this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize];
  }

  /** Asks for the pages of rows `from` to `to` (inclusive) that are not here, and lets go of those asked for before. */
  want(from: number, to: number): void {
    const first = Math.max(0, from);
    const last = Math.min(to, this.#total.rows - 1);
    const wanted = new Set<number>();
    for (let page = Math.floor(first / pageSize); page * pageSize <= last; page++) wanted.add(page);
    for (const [page, controller] of this.#asked) {
      if (wanted.has(page)) continue;
      controller.abort();
      this.#asked.delete(page);
    }
    for (const page of wanted) {
      const held = this.#pages.get(page);
      if (held !== undefined) {
        this.#pages.delete(page); // and back at the end: lately used
        this.#pages.set(page, held);
      }
      if (!this.#holds(page, first, last) && !this.#asked.has(page) && !this.#failed.has(page))
        void this.#ask(page);
    }
  }

  setTotal(total: RowTotal): void {
    if (total.rows === this.#total.rows && total.complete === this.#total.complete) return;
    this.#total = total;
    this.#options.onTotal(total);
  }

  /** The rows are others now: what was here is forgotten, and what was asked for is not waited for. */
  replace(firstRows: readonly ResultRow[], total: RowTotal): void {
    for (const controller of this.#asked.values()) controller.abort();
    this.#asked.clear();
    this.#pages.clear();
    this.#firstRows = firstRows;
    this.#total = total;
    this.retry();
    this.#options.onTotal(total);
  }

  /** Lets the pages that failed be asked for again. */
  retry(): void {
    this.#failed.clear();
    this.#options.onFault(undefined);
  }

  dispose(): void {
    for (const controller of this.#asked.values()) controller.abort();
    this.#pages.clear();
  }

  /** Whether every row of the page that lies within `first` to `last` is here. */
  #holds(page: number, first: number, last: number): boolean {
    const end = Math.min((page + 1) * pageSize - 1, last);
    for (let index = Math.max(page * pageSize, first); index <= end; index++) {
      if (this.row(index) === undefined) return false;
    }
    return true;
  }

  async #ask(page: number): Promise<void> {
    const controller = new AbortController();
    this.#asked.set(page, controller);
    const start = page * pageSize;
    try {
      const { rows, total } = await this.#options.fetch(start, pageSize, controller.signal);
      if (controller.signal.aborted) return;
      this.#keep(page, rows);
      this.setTotal(total);
      if (!this.#holds(page, 0, this.#total.rows - 1))
        throw new Error(`Row ${(start + rows.length + 1).toLocaleString()} is missing.`);
      this.#options.onRows(start, start + rows.length);
    } catch (error) {
      if (controller.signal.aborted) return;
      this.#failed.add(page);
      this.#options.onFault(error);
    } finally {
      if (this.#asked.get(page) === controller) this.#asked.delete(page);
    }
  }

  #keep(page: number, rows: readonly ResultRow[]): void {
    this.#pages.delete(page);
    this.#pages.set(page, rows);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= this.#capacity) break;
      this.#pages.delete(oldest);
    }
  }
}
