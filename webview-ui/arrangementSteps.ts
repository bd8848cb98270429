/** What a click or a menu makes of how rows are sorted and filtered. */
import type { Arrangement, RowFilter } from '../src/shared/arrangement.ts';

export const plain: Arrangement = { sort: [], filters: [] };

/** The direction of a column; undefined when rows are not sorted by it. */
export function directionOf({ sort }: Arrangement, column: number): 'ascending' | 'descending' | undefined {
  const key = sort.find((each) => each.column === column);
  if (key === undefined) return undefined;
  return key.descending ? 'descending' : 'ascending';
}

/** Ascending, then descending, then not at all; `add` leaves the other columns as they are. */
export function cycled(arrangement: Arrangement, column: number, add: boolean): Arrangement {
  const direction = directionOf(arrangement, column);
  if (direction === 'descending') return add ? unsorted(arrangement, column) : { ...arrangement, sort: [] };
  return sortedBy(arrangement, column, direction === 'ascending', add);
}

/** Sorted by a column: by it alone, or with `add` by the others before it. */
export function sortedBy(
  arrangement: Arrangement,
  column: number,
  descending: boolean,
  add: boolean,
): Arrangement {
  const key = { column, descending };
  const others = add ? arrangement.sort : [];
  const sort = others.some((each) => each.column === column)
    ? others.map((each) => (each.column === column ? key : each))
    : [...others, key];
  return { ...arrangement, sort };
}

export function unsorted(arrangement: Arrangement, column: number): Arrangement {
  return { ...arrangement, sort: arrangement.sort.filter((key) => key.column !== column) };
}

/** A column has one filter: a new one takes the place of the one before. */
export function filteredBy(arrangement: Arrangement, filter: RowFilter): Arrangement {
  const { filters } = arrangement;
  const replaced = filters.map((each) => (each.column === filter.column ? filter : each));
  return { ...arrangement, filters: replaced.includes(filter) ? replaced : [...filters, filter] };
}

export function unfiltered(arrangement: Arrangement, column: number): Arrangement {
  return { ...arrangement, filters: arrangement.filters.filter((filter) => filter.column !== column) };
}
