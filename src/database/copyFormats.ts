/** A selection of rows as text for the clipboard. Pure: the rows are given. */
import type { ResultColumn, ResultRow } from '../shared/resultsProtocol.ts';
import { csvLines } from './exportDelimited.ts';
import { withoutFormula } from './exportFormula.ts';
import { jsonLines } from './exportJson.ts';
import { markdownLines } from './exportMarkdown.ts';
import type { TextLines } from './exportText.ts';
import { exportColumn, isPlainNumber, type ExportColumn } from './exportValues.ts';
import { quoteLiteral } from './literal.ts';

export const copyFormats = ['tsv', 'csv', 'json', 'markdown', 'in-list'] as const;
export type CopyFormat = (typeof copyFormats)[number];

/**
 * @param header whether TSV and CSV begin with the names of the columns; JSON and Markdown always have them, an IN-list never
 * @returns the text, without a line break at its end
 */
export function copyText(
  format: CopyFormat,
  columns: readonly ResultColumn[],
  rows: readonly ResultRow[],
  header: boolean,
): string {
  const typed = columns.map(exportColumn);
  switch (format) {
    case 'tsv':
      return joined(sheetLines(typed, header), rows);
    case 'csv':
      return joined(csvLines(typed, { delimiter: ',', header, nullText: '', guardFormulas: true }), rows);
    case 'json':
      return joined(jsonLines(typed), rows);
    case 'markdown':
      return joined(markdownLines(typed, 'NULL'), rows);
    case 'in-list':
      return inList(typed, rows);
  }
}

function joined(lines: TextLines, rows: readonly ResultRow[]): string {
  const text =
    lines.head + rows.map((cells, index) => lines.row(cells, index)).join('') + lines.tail(rows.length);
  return text.replace(/\n$/, '');
}

/** What spreadsheets take from the clipboard: tabs, and quotes around cells that hold a tab, a quote or a line break. */
function sheetLines(columns: readonly ExportColumn[], header: boolean): TextLines {
  const field = (value: string | null): string => {
    const text = withoutFormula(value ?? '');
    return /["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const row = (cells: ResultRow): string => `${cells.map(field).join('\t')}\n`;
  return { head: header ? row(columns.map(({ name }) => name)) : '', row, tail: () => '' };
}

/**
 * `(1, 2, 'three')` for one column, `((1, 'a'), (2, 'b'))` for several, each value once. A NULL is left out: IN never finds it.
 */
function inList(columns: readonly ExportColumn[], rows: readonly ResultRow[]): string {
  const items = new Set<string>();
  for (const cells of rows) {
    if (cells.includes(null)) continue;
    const values = cells.map((cell, index) => {
      const text = cell ?? '';
      return isPlainNumber(columns[index]?.kind ?? 'text', text) ? text : quoteLiteral(text);
    });
    items.add(values.length === 1 ? (values[0] ?? '') : `(${values.join(', ')})`);
  }
  return `(${items.size === 0 ? 'NULL' : [...items].join(', ')})`;
}
