/** How rows are sorted and filtered, in words: for the chips above the grid, and for screen readers. */
import type { ArrangedBy, Arrangement, RowFilter, SortKey } from '../src/shared/arrangement.ts';
import { plainLine } from './cellText.ts';

export type ColumnNames = readonly { readonly name: string }[];

const longestValue = 40;
const mostValues = 3;

/** A text from the database within a sentence: nothing in it reorders the others. */
function shown(text: string): string {
  return plainLine(text, longestValue);
}

function nameOf(columns: ColumnNames, column: number): string {
  return shown(columns[column]?.name ?? '');
}

/** `total ↓`. */
export function sortWords({ column, descending }: SortKey, columns: ColumnNames): string {
  return `${nameOf(columns, column)} ${descending ? '↓' : '↑'}`;
}

/** `status = paid`, `note contains “late”`. */
export function filterWords(filter: RowFilter, columns: ColumnNames): string {
  const name = nameOf(columns, filter.column);
  switch (filter.test) {
    case 'contains':
      return `${name} contains “${shown(filter.text)}”`;
    case 'equals':
      return `${name} = ${shown(filter.value)}`;
    case 'less':
      return `${name} < ${shown(filter.value)}`;
    case 'greater':
      return `${name} > ${shown(filter.value)}`;
    case 'between':
      return `${name} from ${shown(filter.low)} to ${shown(filter.high)}`;
    case 'values':
      return `${name} is ${valueWords(filter.values)}`;
    case 'empty':
      return `${name} is empty`;
    case 'null':
      return `${name} is NULL`;
    case 'not-null':
      return `${name} is not NULL`;
  }
}

function valueWords(values: readonly (string | null)[]): string {
  const some = values.slice(0, mostValues).map((value) => (value === null ? 'NULL' : shown(value)));
  const more = values.length - some.length;
  return `${some.join(', ')}${more > 0 ? ` or ${more.toLocaleString()} more` : ''}`;
}

/** `Sorted by the database`: what was done, and by whom. */
export function doneWords({ sort, filters }: Arrangement, by: ArrangedBy): string {
  const done = [...(sort.length > 0 ? ['sorted'] : []), ...(filters.length > 0 ? ['filtered'] : [])].join(
    ' and ',
  );
  return `${done.charAt(0).toUpperCase()}${done.slice(1)} ${by === 'database' ? 'by the database' : 'here'}`;
}

/** `Sorted by total, descending, then by id, ascending. Filtered: status = paid.` */
export function spokenWords({ sort, filters }: Arrangement, columns: ColumnNames): string {
  const keys = sort.map(
    ({ column, descending }) => `by ${nameOf(columns, column)}, ${descending ? 'descending' : 'ascending'}`,
  );
  const tests = filters.map((filter) => filterWords(filter, columns)).join('; ');
  const sentences = [
    ...(keys.length > 0 ? [`Sorted ${keys.join(', then ')}.`] : []),
    ...(tests === '' ? [] : [`Filtered: ${tests}.`]),
  ];
  return sentences.length === 0 ? 'Neither sorted nor filtered.' : sentences.join(' ');
}
