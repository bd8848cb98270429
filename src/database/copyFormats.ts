/** A selection of cells as text for the clipboard, put together row by row. Pure: the rows are given. */
import type { CopyFormat, ResultColumn, ResultRow } from '../shared/resultsProtocol.ts';
import { csvLines } from './exportDelimited.ts';
import { withoutFormula } from './exportFormula.ts';
import { jsonLines } from './exportJson.ts';
import { markdownLines } from './exportMarkdown.ts';
import type { TextLines } from './exportText.ts';
import { exportColumn, isPlainNumber, type ExportColumn } from './exportValues.ts';
import { quoteLiteral } from './literal.ts';

/** Grows by a row at a time. */
export interface CopiedText {
  /** Bytes of the text so far, in UTF-8. */
  readonly bytes: number;
  add(cells: ResultRow): void;
  /** The whole text, without a line break at its end. */
  end(): string;
}

/**
 * Starts a text.
 * @param header whether TSV and CSV begin with the names of the columns; JSON and Markdown always have them, an IN-list never
 */
export function startCopy(format: CopyFormat, columns: readonly ResultColumn[], header: boolean): CopiedText {
  const typed = columns.map(exportColumn);
  switch (format) {
    case 'tsv':
      return lineText(sheetLines(typed, header));
    case 'csv':
      return lineText(csvLines(typed, { delimiter: ',', header, nullText: '', guardFormulas: true }));
    case 'json':
      return lineText(jsonLines(typed));
    case 'markdown':
      return lineText(markdownLines(typed, 'NULL'));
    case 'in-list':
      return inList(typed);
  }
}

function lineText(lines: TextLines): CopiedText {
  const parts = [lines.head];
  let bytes = Buffer.byteLength(lines.head);
  return {
    get bytes() {
      return bytes;
    },
    add(cells) {
      const line = lines.row(cells, parts.length - 1);
      bytes += Buffer.byteLength(line);
      parts.push(line);
    },
    end: () => (parts.join('') + lines.tail(parts.length - 1)).replace(/\n$/, ''),
  };
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
function inList(columns: readonly ExportColumn[]): CopiedText {
  const items = new Set<string>();
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    add(cells) {
      if (cells.includes(null)) return;
      const values = cells.map((cell, index) => {
        const text = cell ?? '';
        return isPlainNumber(columns[index]?.kind ?? 'text', text) ? text : quoteLiteral(text);
      });
      const item = values.length === 1 ? (values[0] ?? '') : `(${values.join(', ')})`;
      if (items.has(item)) return;
      items.add(item);
      bytes += Buffer.byteLength(item) + 2;
    },
    end: () => `(${items.size === 0 ? 'NULL' : [...items].join(', ')})`,
  };
}
