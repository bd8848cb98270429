/** Several ranges of cells as the host takes them: without overlap, each cell once. */
import type { CellSelection } from '../src/shared/cellSelection.ts';
import { edgesOf, type CellRange } from './cellRange.ts';

/**
 * Cuts the ranges at each row where one begins or ends; between two cuts every row has the same columns selected.
 * @param indexOf place in the row of the column at a place in the grid
 */
export function selectionsOf(
  ranges: readonly CellRange[],
  indexOf: (cell: number) => number,
): CellSelection[] {
  const edges = ranges.map(edgesOf);
  const cuts = [...new Set(edges.flatMap(({ top, bottom }) => [top, bottom + 1]))].sort((a, b) => a - b);
  const found: CellSelection[] = [];
  for (const [index, top] of cuts.entries()) {
    const below = cuts[index + 1];
    if (below === undefined) break;
    const cells = new Set<number>();
    for (const each of edges) {
      if (each.top > top || each.bottom < top) continue;
      for (let cell = each.left; cell <= each.right; cell++) cells.add(cell);
    }
    const columns = [...cells].sort((a, b) => a - b).map(indexOf);
    const last = found.at(-1);
    if (columns.length === 0) continue;
    if (last?.bottom === top - 1 && sameColumns(last.columns, columns))
      found[found.length - 1] = { ...last, bottom: below - 1 };
    else found.push({ top, bottom: below - 1, columns });
  }
  return found;
}

/** The selections as one that can be copied; undefined when their rows have different columns. */
export function joinedSelection([first, ...others]: readonly CellSelection[]): CellSelection | undefined {
  if (first === undefined || others.length === 0) return first;
  if (!others.every(({ columns }) => sameColumns(columns, first.columns))) return undefined;
  return { ...first, further: others.map(({ top, bottom }) => ({ top, bottom })) };
}

export function cellCountOf(selections: readonly CellSelection[]): number {
  return selections.reduce((sum, { top, bottom, columns }) => sum + (bottom + 1 - top) * columns.length, 0);
}

/** What is selected, as a sentence for screen readers. @param names of the columns, by their places in the row */
export function selectionWords(selections: readonly CellSelection[], names: readonly string[]): string {
  const cells = cellCountOf(selections).toLocaleString();
  const [first] = selections;
  if (first === undefined) return 'Nothing is selected.';
  if (selections.length > 1) return `${cells} cells selected in several ranges.`;
  const { top, bottom, columns } = first;
  const name = (index: number | undefined): string => names[index ?? -1] ?? '';
  const rows =
    top === bottom
      ? `row ${(top + 1).toLocaleString()}`
      : `rows ${(top + 1).toLocaleString()} to ${(bottom + 1).toLocaleString()}`;
  const across = columns.length === 1 ? name(columns[0]) : `${name(columns[0])} to ${name(columns.at(-1))}`;
  return `${cells} cells selected: ${rows}, ${across}.`;
}

function sameColumns(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((column, index) => column === other[index]);
}
