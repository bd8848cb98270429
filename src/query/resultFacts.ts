/** The statistics of a result, from at most its first rows, without ever holding the event loop. */
import { batches, inSlices } from '../rag/slices.ts';
import type { ResultColumn, ResultRow, RowTotal } from '../shared/resultsProtocol.ts';
import { ColumnTally, longestKey, type ColumnFacts } from './columnFacts.ts';

/** Rows that can be looked at: those of an open result are. */
interface OpenRows {
  readonly columns: readonly ResultColumn[];
  readonly firstRows: readonly ResultRow[];
  readonly total: RowTotal;
  each(
    range: { start: number; count: number; columns: ReadonlySet<number>; keptBytes: number },
    take: (cells: ResultRow) => boolean,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface ResultFacts {
  readonly columns: readonly ColumnFacts[];
  /** The rows that were looked at, in their order, cells cut short. */
  readonly rows: readonly ResultRow[];
  /** Whether these are all the rows that there are. */
  readonly complete: boolean;
  /** Columns to the right that were not looked at. */
  readonly columnsLeftOut: number;
}

/** Rows beyond these are not looked at. */
export const mostRows = 10_000;
const mostColumns = 40;
/** About 40 MB of text at worst. */
const mostCells = 200_000;

/**
 * Reads the first rows of an open result and works out what they hold.
 * @throws KhipuError as reading pages does; `cancelled`
 */
export async function resultFacts(pages: OpenRows, signal: AbortSignal): Promise<ResultFacts> {
  const columns = pages.columns.slice(0, mostColumns);
  const most = Math.min(mostRows, Math.floor(mostCells / Math.max(1, columns.length)));
  const rows = await firstRows(pages, columns, most + 1, signal);
  const looked = rows.slice(0, most);
  return {
    columns: await tallied(columns, looked, signal),
    rows: looked,
    complete: rows.length <= most,
    columnsLeftOut: pages.columns.length - columns.length,
  };
}

async function firstRows(
  pages: OpenRows,
  columns: readonly ResultColumn[],
  count: number,
  signal: AbortSignal,
): Promise<ResultRow[]> {
  const rows: ResultRow[] = [];
  const take = (cells: ResultRow): boolean => {
    rows.push(cells.slice(0, columns.length).map((cell) => cell?.slice(0, longestKey) ?? null));
    return rows.length < count;
  };
  const { total } = pages;
  if (total.complete && total.rows <= pages.firstRows.length) {
    pages.firstRows.slice(0, count).forEach(take);
    return rows;
  }
  const range = { start: 0, count, columns: new Set(columns.keys()), keptBytes: 4 * longestKey };
  await pages.each(range, take, signal);
  return rows;
}

/** Cells that are worked through between two looks at the clock. */
const cellsAtOnce = 200;

async function tallied(
  columns: readonly ResultColumn[],
  rows: readonly ResultRow[],
  signal: AbortSignal,
): Promise<ColumnFacts[]> {
  const tallies = columns.map((column, index) => new ColumnTally(column, index));
  const numbered = rows.map((cells, row) => ({ cells, row }));
  const some = batches(numbered, Math.max(1, Math.floor(cellsAtOnce / Math.max(1, columns.length))));
  const work = (part: typeof numbered): void => {
    for (const { cells, row } of part)
      tallies.forEach((tally, index) => tally.add(cells[index] ?? null, row));
  };
  await inSlices(some, work, signal);
  const facts: ColumnFacts[] = [];
  await inSlices(tallies, (tally) => void facts.push(tally.facts), signal);
  return facts;
}
