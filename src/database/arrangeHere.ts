/** Sorts and filters rows that are all here, so that no second query runs for them. */
import type { Arrangement, RowFilter, SortKey } from '../shared/arrangement.ts';
import { columnKind } from '../shared/columnKind.ts';
import type { ResultColumn, ResultRow } from '../shared/resultsProtocol.ts';
import { comparisonOf, type Compare } from './compareCells.ts';

type Passes = (cell: string | null) => boolean;

/**
 * The rows as they are to be shown.
 * @returns undefined where their text does not tell what the server would make of them
 */
export function arrangeHere(
  columns: readonly ResultColumn[],
  rows: readonly ResultRow[],
  { sort, filters }: Arrangement,
): ResultRow[] | undefined {
  let kept = [...rows];
  for (const filter of filters) {
    const cells = kept.map((row) => row[filter.column] ?? null);
    const passes = testOf(filter, columns[filter.column]?.type, cells);
    if (passes === undefined) return undefined;
    kept = kept.filter((_, index) => passes(cells[index] ?? null));
  }
  const orders = sort.map((key) => orderOf(key, columns[key.column]?.type, kept));
  if (orders.includes(undefined)) return undefined;
  return kept.toSorted((one, other) => {
    for (const order of orders) {
      const found = order?.(one, other) ?? 0;
      if (found !== 0) return found;
    }
    return 0;
  });
}

function orderOf(
  { column, descending }: SortKey,
  type: string | undefined,
  rows: readonly ResultRow[],
): ((one: ResultRow, other: ResultRow) => number) | undefined {
  const values = rows.flatMap((row) => row[column] ?? []);
  const compare = type === undefined ? undefined : comparisonOf(type, values);
  if (compare === undefined) return undefined;
  return (one, other) => {
    const [a, b] = [one[column] ?? null, other[column] ?? null];
    if (a === null || b === null) return Number(a === null) - Number(b === null); // NULL last
    return descending ? compare(b, a) : compare(a, b);
  };
}

function testOf(
  filter: RowFilter,
  type: string | undefined,
  cells: readonly (string | null)[],
): Passes | undefined {
  if (type === undefined) return undefined;
  switch (filter.test) {
    case 'null':
      return (cell) => cell === null;
    case 'not-null':
      return (cell) => cell !== null;
    case 'empty':
      return (cell) => cell === '';
    case 'contains': {
      const sought = filter.text.toLowerCase();
      return (cell) => cell?.toLowerCase().includes(sought) === true;
    }
    case 'values':
      return oneOf(filter.values, type, cells);
    case 'equals':
      return compared(type, cells, [filter.value], (order) => order[0] === 0);
    case 'less':
      return compared(type, cells, [filter.value], ([order = 0]) => order < 0);
    case 'greater':
      return compared(type, cells, [filter.value], ([order = 0]) => order > 0);
    case 'between':
      return compared(type, cells, [filter.low, filter.high], ([low = 0, high = 0]) => low >= 0 && high <= 0);
  }
}

function oneOf(
  values: readonly (string | null)[],
  type: string,
  cells: readonly (string | null)[],
): Passes | undefined {
  const given = values.filter((value) => value !== null);
  const isOne = compared(type, cells, given, (orders) => orders.includes(0));
  if (isOne === undefined) return undefined;
  return (cell) => (cell === null ? values.includes(null) : isOne(cell));
}

/** @param operands what each cell is compared with, in this order */
function compared(
  type: string,
  cells: readonly (string | null)[],
  operands: readonly string[],
  passes: (orders: readonly number[]) => boolean,
): Passes | undefined {
  const present = cells.filter((cell) => cell !== null);
  const compare = comparisonFor(type, [...present, ...operands]);
  if (compare === undefined) return undefined;
  return (cell) => cell !== null && passes(operands.map((operand) => compare(cell, operand)));
}

/** Texts are the same when their characters are; whether one is less depends on the server's collation, as does `citext`. */
function comparisonFor(type: string, values: readonly string[]): Compare | undefined {
  if (columnKind(type) !== 'text') return comparisonOf(type, values);
  return /^(text|character varying)/.test(type) ? (one, other) => Number(one !== other) : undefined;
}
