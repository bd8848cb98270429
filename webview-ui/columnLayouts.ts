/** How the columns of statements were left, as long as the page lives. */
import type { ResultsState } from '../src/shared/resultsProtocol.ts';
import type { ColumnLayout } from './columnLayout.ts';
import { keepRecent } from './recent.ts';

type RowsState = Extract<ResultsState, { status: 'rows' }>;

const mostKept = 100;

export class ColumnLayouts {
  readonly #kept = new Map<string, ColumnLayout>();

  of(state: RowsState): ColumnLayout | undefined {
    return this.#kept.get(keyOf(state));
  }

  keep(state: RowsState, layout: ColumnLayout): void {
    keepRecent(this.#kept, keyOf(state), layout, mostKept);
  }
}

/** The same statement may have other columns by now. */
function keyOf({ header, columns }: RowsState): string {
  return JSON.stringify([header.connection, header.sql, columns.map(({ name, type }) => [name, type])]);
}
