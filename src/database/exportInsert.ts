/** INSERT statements that put the rows into a table with the same columns. */
import { KhipuError } from '../shared/errors.ts';
import type { ResultRow } from '../shared/resultsProtocol.ts';
import type { TextLines } from './exportText.ts';
import { isPlainNumber, type ExportColumn } from './exportValues.ts';
import { quoteIdentifier } from './identifier.ts';
import { quoteLiteral } from './literal.ts';

/** Rows of one statement: the server parses it whole, so it is kept small. */
const rowsPerStatement = 100;

/**
 * @param table its name, in one part or in two
 * @throws KhipuError `invalid-input` when two columns share a name, or one has none
 */
export function insertLines(columns: readonly ExportColumn[], table: readonly string[]): TextLines {
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new KhipuError('invalid-input', `Two columns are named ${twice}: INSERT needs names that differ.`, {
      hint: 'Give one of them another name with AS.',
    });
  }
  if (names.length === 0) throw new KhipuError('invalid-input', 'There is no column to insert into.');
  const target = `${table.map(quoteIdentifier).join('.')} (${names.map(quoteIdentifier).join(', ')})`;
  return {
    head: '',
    row: (cells, index) => {
      const values = `  (${valuesOf(columns, cells)})`;
      if (index % rowsPerStatement !== 0) return `,\n${values}`;
      return `${index === 0 ? '' : ';\n'}INSERT INTO ${target} VALUES\n${values}`;
    },
    tail: (rows) => (rows === 0 ? '' : ';\n'),
  };
}

function valuesOf(columns: readonly ExportColumn[], cells: ResultRow): string {
  return cells
    .map((cell, index) => {
      if (cell === null) return 'NULL';
      return isPlainNumber(columns[index]?.kind ?? 'text', cell) ? cell : quoteLiteral(cell);
    })
    .join(', ');
}
