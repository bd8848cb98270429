/** How the columns of statements were left, as long as the page lives. */
import type { ResultsState } from '../src/shared/resultsProtocol.ts';
import type { ColumnLayout } from './columnLayout.ts';

type RowsState = Extract<ResultsState, { status: 'rows' }>;

const mostKept = 100;

export class ColumnLayouts {
  readonly #kept = new Map<string, ColumnLayout>();

  of(state: RowsState): ColumnLayout | undefined {
    return this.#kept.get(keyOf(state));
  }

  keep(state: RowsState, layout: ColumnLayout): void {
    const key = keyOf(state);
    this.#kept.delete(key);
    this.#kept.set(key, layout);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** The same statement may have other columns by now. */
function keyOf({ header, columns }: RowsState): string {
  return JSON.stringify([header.connection, header.sql, columns.map(({ name, type }) => [name, type])]);
}
