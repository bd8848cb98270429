/** The figures of selected cells, read from the server where they are not here: in slices, between which others have their turn. */
import { setImmediate } from 'node:timers/promises';
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import type { CellSelection } from '../shared/cellSelection.ts';
import type { SelectionFigures } from '../shared/cellsProtocol.ts';
import { Figures } from './figures.ts';
import type { ResultPages } from './resultPages.ts';

/** About 20 ms of adding decimals. */
const cellsPerSlice = 20_000;
/** What is compared of a longer text; the rest would only cost time. In bytes. */
const comparedBytes = 4000;

/**
 * @param selections cells that do not overlap
 * @throws KhipuError `invalid-input` for cells that cannot be, and as `ResultPages.each` does
 */
export async function selectionFigures(
  pages: Pick<ResultPages, 'columns' | 'each'>,
  selections: readonly CellSelection[],
  signal: AbortSignal,
): Promise<SelectionFigures> {
  const selected = [...new Set(selections.flatMap(({ columns }) => columns))];
  const isThere = ({ top, bottom }: { top: number; bottom: number }): boolean =>
    Number.isSafeInteger(top) && Number.isSafeInteger(bottom) && top >= 0 && bottom >= top;
  if (!selections.every(isThere) || selected.some((place) => pages.columns[place] === undefined))
    throw new KhipuError('invalid-input', 'There are no such cells.');
  const figures = new Figures(pages.columns, selected);
  for (const { top, bottom, columns } of selections) {
    const rowsPerSlice = Math.max(1, Math.floor(cellsPerSlice / Math.max(1, columns.length)));
    for (let start = top; start <= bottom; start += rowsPerSlice) {
      const count = Math.min(rowsPerSlice, bottom + 1 - start);
      let taken = 0;
      await pages.each(
        { start, count, columns: new Set(columns), keptBytes: comparedBytes },
        (row) => {
          figures.add(row, columns);
          taken += 1;
          return true;
        },
        signal,
      );
      if (taken < count) break; // no more rows
      await setImmediate();
      throwIfAborted(signal);
    }
  }
  return figures.result();
}
