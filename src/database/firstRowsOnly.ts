/** What is left of a result that was closed: its first rows, as they were shown. */
import { KhipuError } from '../shared/errors.ts';
import type { ResultRow } from '../shared/resultsProtocol.ts';
import type { ResultPages } from './resultPages.ts';

/** Every cell that was shortened is longer: see `largeCells.ts`. In UTF-16 units. */
const surelyWhole = 1000;

/**
 * The rows are kept, and what they came from is not: of a cell that may have been shortened there is only the beginning.
 * @param rows none of them, to keep only what the result says of itself
 */
export function firstRowsOnly(
  { columns, ms, messages, firstRows }: ResultPages,
  rows: readonly ResultRow[] = firstRows,
): ResultPages {
  const total = { rows: rows.length, complete: false };
  return {
    columns,
    ms,
    messages,
    firstRows: rows,
    total,
    isWhole: false,
    page: (start, count) => Promise.resolve(rows.slice(start, start + count)),
    async each({ start, count, columns: wanted }, take) {
      await Promise.resolve();
      for (const row of rows.slice(start, start + count)) {
        if (row.some((cell, column) => wanted.has(column) && isLong(cell))) throw notHere();
        if (!take(row)) break;
      }
    },
    async cell({ row, column }, onPart) {
      const cell = rows[row]?.[column];
      if (cell === undefined || isLong(cell)) throw notHere();
      if (cell !== null) await onPart(Buffer.from(cell));
      return cell !== null;
    },
    count: () => Promise.resolve(total),
    more: () => Promise.reject(notHere()),
    close: () => Promise.resolve(),
  };
}

function isLong(cell: string | null): boolean {
  return (cell?.length ?? 0) >= surelyWhole;
}

function notHere(): KhipuError {
  return new KhipuError(
    'invalid-input',
    'Only the first rows of this result are here, and long cells are cut.',
    {
      hint: 'Run the statement again.',
    },
  );
}
