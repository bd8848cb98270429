/** Cells longer than a person reads are shortened where they arrive: a page of them would fill the memory of the editor. */

/** UTF-16 units that a cell of a page keeps. */
export const longestCell = 100_000;
/** Once a page holds this many UTF-16 units, its further cells keep only `shortestLimit`. */
const pageBudget = 16_000_000;
const shortestLimit = 1000;

/** A function that shortens the rows of one page, in place. What it cuts ends in the length that the cell has. */
export function shortenCells(limit: number = longestCell): (cells: (string | null)[]) => (string | null)[] {
  let kept = 0;
  return (cells) => {
    for (let index = 0; index < cells.length; index++) {
      const cell = cells[index];
      if (typeof cell !== 'string') continue;
      const most = kept > pageBudget ? Math.min(limit, shortestLimit) : limit;
      const shown = cell.length > most ? shortened(cell, most) : cell;
      kept += shown.length;
      if (shown !== cell) cells[index] = shown;
    }
    return cells;
  };
}

function shortened(cell: string, limit: number): string {
  const end = /[\uD800-\uDBFF]/.test(cell.charAt(limit - 1)) ? limit - 1 : limit;
  // Through a Buffer: a mere slice would keep the whole cell alive.
  const head = Buffer.from(cell.slice(0, end), 'utf16le').toString('utf16le');
  return `${head}… ${cell.length.toLocaleString('en-US')} characters`;
}
