/** A Markdown table (GitHub's form): text that would be markup is escaped, numbers stand to the right. */
import type { ResultRow } from '../shared/resultsProtocol.ts';
import type { TextLines } from './exportText.ts';
import type { ExportColumn } from './exportValues.ts';

const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };

/** @param nullText how NULL is written; it is set in italics, which no escaped text can be */
export function markdownLines(columns: readonly ExportColumn[], nullText: string): TextLines {
  const shownNull = nullText === '' ? '' : `*${escape(nullText)}*`;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const rule = columns.map(({ kind }) => (/^(int|float|numeric)/.test(kind) ? '--:' : ':--'));
  return {
    head: line(columns.map(({ name }) => escape(name))) + line(rule),
    row: (cells: ResultRow) => line(cells.map((cell) => (cell === null ? shownNull : escape(cell)))),
    tail: () => '',
  };
}

function escape(text: string): string {
  return text
    .replace(/[\\|*`[\]~]/g, '\\$&')
    .replace(/[<>&]/g, (each) => entities[each] ?? each)
    .replace(/\r\n|\r|\n/g, '<br>');
}
