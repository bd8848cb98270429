/** What every text format gives: the lines of rows, and what goes before and behind them. */
import type { ResultRow } from '../shared/resultsProtocol.ts';

export interface TextLines {
  readonly head: string;
  /** @param index of the row, from 0: the first row may lack a separator */
  row(cells: ResultRow, index: number): string;
  tail(rows: number): string;
}
