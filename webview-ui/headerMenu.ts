/** The entries of a column's menu. */
import type { Arrangement, RowFilter } from '../src/shared/arrangement.ts';
import { directionOf, sortedBy, unsorted } from './arrangementSteps.ts';
import type { MenuItem } from './contextMenu.ts';

/** @param to told what the rows are to be */
export function sortItems(
  arrangement: Arrangement,
  column: number,
  to: (arrangement: Arrangement) => void,
): MenuItem[] {
  const direction = directionOf(arrangement, column);
  const others = arrangement.sort.some((key) => key.column !== column);
  const item = (label: string, descending: boolean, add: boolean): MenuItem => ({
    label,
    disabled: !add && !others && direction === (descending ? 'descending' : 'ascending'),
    run: () => to(sortedBy(arrangement, column, descending, add)),
  });
  return [
    { ...item('Sort Ascending', false, false), keys: 'Enter' },
    item('Sort Descending', true, false),
    ...(others ? [item('Then Sort Ascending', false, true), item('Then Sort Descending', true, true)] : []),
    {
      label: 'Clear Sort',
      disabled: direction === undefined,
      run: () => to(unsorted(arrangement, column)),
    },
  ];
}

/** @param now the filter that the column has */
export function filterItems(now: RowFilter | undefined, open: () => void, clear: () => void): MenuItem[] {
  return [
    { label: now === undefined ? 'Filter…' : 'Change Filter…', run: open },
    { label: 'Clear Filter', disabled: now === undefined, run: clear },
  ];
}
