/** JSON and NDJSON: an object a row, numbers with all their digits, json columns as they are. */
import type { ResultRow } from '../shared/resultsProtocol.ts';
import type { TextLines } from './exportText.ts';
import { isPlainNumber, type ExportColumn } from './exportValues.ts';

/** An array of objects, one a line. */
export function jsonLines(columns: readonly ExportColumn[]): TextLines {
  const object = objectOf(columns);
  return {
    head: '[',
    row: (cells, index) => `${index === 0 ? '\n' : ',\n'}  ${object(cells)}`,
    tail: () => '\n]\n',
  };
}

/** One object a line. */
export function ndjsonLines(columns: readonly ExportColumn[]): TextLines {
  const object = objectOf(columns);
  return { head: '', row: (cells) => `${object(cells)}\n`, tail: () => '' };
}

function objectOf(columns: readonly ExportColumn[]): (cells: ResultRow) => string {
  const keys = uniqueNames(columns).map((name) => JSON.stringify(name));
  return (cells) => {
    let text = '{';
    for (let index = 0; index < keys.length; index++) {
      if (index > 0) text += ', ';
      text += `${keys[index] ?? ''}: ${valueOf(columns[index]?.kind ?? 'text', cells[index] ?? null)}`;
    }
    return `${text}}`;
  };
}

function valueOf(kind: ExportColumn['kind'], text: string | null): string {
  if (text === null) return 'null';
  if (kind === 'boolean') return text === 't' ? 'true' : 'false';
  // Between the tokens of JSON a line break is mere space, and within strings there is none.
  if (kind === 'json') return text.replace(/[\r\n]+/g, ' ');
  return isPlainNumber(kind, text) ? text : JSON.stringify(text);
}

/** Names as keys: of two columns that share a name, a reader of JSON would keep the last one only. */
export function uniqueNames(columns: readonly ExportColumn[]): string[] {
  const taken = new Set(columns.map(({ name }) => name));
  const seen = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let number = 2; seen.has(unique) || (unique !== name && taken.has(unique)); number++)
      unique = `${name}_${number}`;
    seen.add(unique);
    return unique;
  });
}
