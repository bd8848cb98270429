/** Copying cells that are all in the page: the raw text of one, or tab-separated lines of many, as spreadsheets take them. */
import type { ResultRow } from '../src/shared/resultsProtocol.ts';

function field(value: string | null | undefined): string {
  const text = value ?? '';
  return /["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * The text for the clipboard: NULL is nothing, one value is itself, several are quoted where they must be.
 * @param columns places in the row, in the order shown
 */
export function clipboardText(rows: readonly ResultRow[], columns: readonly number[]): string {
  const [row] = rows;
  const [column] = columns;
  if (rows.length === 1 && columns.length === 1 && row !== undefined && column !== undefined)
    return row[column] ?? '';
  return rows.map((cells) => columns.map((index) => field(cells[index])).join('\t')).join('\n');
}
