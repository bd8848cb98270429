/** One cell as the inspector shows it: whole, up to a limit. */
import { inspectedBytes, type InspectedCell } from '../shared/cellsProtocol.ts';
import { KhipuError } from '../shared/errors.ts';
import type { CellPlace, ResultPages } from './resultPages.ts';

/**
 * @throws KhipuError `invalid-input` when there is no such cell, and as `ResultPages.each` does
 */
export async function inspectCell(
  pages: Pick<ResultPages, 'columns' | 'each'>,
  { row, column }: CellPlace,
  signal: AbortSignal,
): Promise<InspectedCell> {
  let found: string | null | undefined;
  if (Number.isSafeInteger(row) && row >= 0 && pages.columns[column] !== undefined) {
    await pages.each(
      // A character more than is shown tells that there is more.
      { start: row, count: 1, columns: new Set([column]), keptBytes: inspectedBytes + 4 },
      (cells) => {
        found = cells[column] ?? null;
        return false;
      },
      signal,
    );
  }
  if (found === undefined) throw new KhipuError('invalid-input', 'There is no such cell.');
  if (found === null) return { text: null, cut: false };
  const bytes = Buffer.from(found);
  if (bytes.length <= inspectedBytes) return { text: found, cut: false };
  // A character that was cut through is left out.
  return { text: bytes.toString('utf8', 0, inspectedBytes).replace(/\uFFFD{1,3}$/, ''), cut: true };
}
