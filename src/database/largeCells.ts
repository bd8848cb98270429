/** Cells longer than a person reads are shortened where they arrive: a page of them would fill the memory of the editor. */

import type { CutLengths } from './wireRows.ts';

/** UTF-16 units that a cell of a page keeps. */
export const longestCell = 100_000;
/** Bytes of a cell that hold more than `longestCell` units: a unit takes three at most. */
export const pageCellBytes = 3 * longestCell + 4;
/** Once a page holds this many UTF-16 units, its further cells keep only `shortestLimit`. */
const pageBudget = 16_000_000;
const shortestLimit = 1000;

/**
 * A function that shortens the rows of one page, in place. What it cuts ends in the length that the cell has.
 * @param onCut told of each row in which something was cut
 * @returns takes the cells, and the whole lengths of those of which only the beginning has come
 */
export function shortenCells(
  limit: number = longestCell,
  onCut: () => void = () => undefined,
): (cells: (string | null)[], cuts?: CutLengths) => (string | null)[] {
  let kept = 0;
  return (cells, cuts) => {
    let isCut = false;
    for (let index = 0; index < cells.length; index++) {
      const cell = cells[index];
      if (typeof cell !== 'string') continue;
      const length = cuts?.get(index) ?? cell.length;
      const most = kept > pageBudget ? Math.min(limit, shortestLimit) : limit;
      const shown = length > most ? shortened(cell, most, length) : cell;
      kept += shown.length;
      if (shown === cell) continue;
      cells[index] = shown;
      isCut = true;
    }
    if (isCut) onCut();
    return cells;
  };
}

function shortened(cell: string, limit: number, length: number): string {
  const end = /[\uD800-\uDBFF]/.test(cell.charAt(limit - 1)) ? limit - 1 : limit;
  // Through a Buffer: a mere slice would keep the whole cell alive.
  const head = Buffer.from(cell.slice(0, end), 'utf16le').toString('utf16le');
  return `${head}… ${length.toLocaleString('en-US')} characters`;
}
