/** Shows rows from before and after an UPDATE side by side: what stayed as it was stands once, what changed stands twice. */
import type { SampleColumn } from '../shared/changesProtocol.ts';
import type { ResultColumn, ResultRow } from '../shared/resultsProtocol.ts';

export interface Sample {
  readonly columns: readonly SampleColumn[];
  readonly rows: readonly ResultRow[];
}

/**
 * @param columns those from before, then the same from after
 * @param rows in these columns
 * @returns the columns in their order, with one that differs in any of the rows as a pair
 */
export function pairChanges(columns: readonly ResultColumn[], rows: readonly ResultRow[]): Sample {
  const half = columns.length / 2;
  const places: { readonly from: number; readonly column: SampleColumn }[] = [];
  for (let index = 0; index < half; index++) {
    const column = columns[index];
    if (column === undefined) break;
    const isChanged = rows.some((row) => row[index] !== row[half + index]);
    if (isChanged) {
      places.push({ from: index, column: { ...column, change: 'before' } });
      places.push({ from: half + index, column: { ...column, change: 'after' } });
    } else {
      places.push({ from: index, column });
    }
  }
  return {
    columns: places.map(({ column }) => column),
    rows: rows.map((row) => places.map(({ from }) => row[from] ?? null)),
  };
}
