/** CSV by RFC 4180 and TSV as Postgres's COPY writes it: both load with \copy, both tell NULL from the empty string. */
import type { ResultRow } from '../shared/resultsProtocol.ts';
import { formulaStart, withoutFormula } from './exportFormula.ts';
import type { TextLines } from './exportText.ts';
import type { ExportColumn } from './exportValues.ts';

export interface DelimitedOptions {
  /** One character, neither a quote nor a line break; for CSV only. */
  readonly delimiter: string;
  readonly header: boolean;
  /** How NULL is written; a text that is spelt the same is quoted or escaped. */
  readonly nullText: string;
  /** Puts an apostrophe before what a spreadsheet would take for a formula. */
  readonly guardFormulas: boolean;
}

/** CSV: NULL is the bare null text, and a text that is spelt the same stands in quotes. */
export function csvLines(columns: readonly ExportColumn[], options: DelimitedOptions): TextLines {
  const { delimiter, nullText, guardFormulas } = options;
  const separators = separatorsBeside(delimiter, guardFormulas);
  // One test for both, since it is made for every cell.
  const special = guardFormulas ? new RegExp(`${formulaStart.source}|${separators.source}`, 'u') : separators;
  const field = (value: string | null): string => {
    if (value === null) return nullText;
    const mayBeBare = value !== nullText && value !== endOfData;
    if (mayBeBare && !special.test(value)) return value;
    const text = guardFormulas ? withoutFormula(value) : value;
    if (mayBeBare && !separators.test(text)) return text;
    return `"${text.replaceAll('"', '""')}"`;
  };
  const row = lineOf(field, delimiter);
  return { head: headOf(columns, options, row), row, tail: () => '' };
}

/** COPY FROM takes a line of only this for the end of the data. */
const endOfData = '\\.';

/**
 * What may not stand bare. A spreadsheet splits at the separator of its own country, whatever ours is, so a guarded cell is
 * quoted whenever it holds any of them.
 */
function separatorsBeside(delimiter: string, guardFormulas: boolean): RegExp {
  const escaped = `\\u{${(delimiter.codePointAt(0) ?? 0).toString(16)}}`;
  return new RegExp(guardFormulas ? `[",;\\t\\r\\n|${escaped}]` : `["\\r\\n${escaped}]`, 'u');
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

/** TSV in COPY's text format: backslash escapes, NULL as \N unless told otherwise. */
export function tsvLines(
  columns: readonly ExportColumn[],
  options: Omit<DelimitedOptions, 'delimiter'>,
): TextLines {
  const { nullText, guardFormulas } = options;
  const field = (value: string | null): string => {
    if (value === null) return nullText;
    const text = guardFormulas ? withoutFormula(value) : value;
    const escaped = /[\\\t\n\r]/.test(text)
      ? text.replace(/[\\\t\n\r]/g, (each) => escapes[each] ?? each)
      : text;
    // COPY compares with the null text before it unescapes, so an escaped first letter tells the two apart.
    return escaped === nullText && escaped !== '' ? escapedFirst(escaped) : escaped;
  };
  const row = lineOf(field, '\t');
  return { head: headOf(columns, options, row), row, tail: () => '' };
}

/** The same text by COPY's rules (\xHH is a byte), spelt differently. */
function escapedFirst(text: string): string {
  const [first = ''] = text;
  const bytes = [...Buffer.from(first)].map((byte) => `\\x${byte.toString(16)}`).join('');
  return `${bytes}${text.slice(first.length)}`;
}

function lineOf(field: (value: string | null) => string, delimiter: string): (cells: ResultRow) => string {
  return (cells) => {
    let line = '';
    for (let index = 0; index < cells.length; index++) {
      if (index > 0) line += delimiter;
      line += field(cells[index] ?? null);
    }
    return `${line}\n`;
  };
}

function headOf(
  columns: readonly ExportColumn[],
  { header }: { readonly header: boolean },
  row: (cells: ResultRow) => string,
): string {
  return header ? row(columns.map(({ name }) => name)) : '';
}
