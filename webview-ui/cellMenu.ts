/** What can be done with the selected cells: the entries of the grid's context menu. */
import type { CopyFormat } from '../src/shared/resultsProtocol.ts';
import type { MenuItem } from './contextMenu.ts';

/** What the entries do. */
export interface CellMenuActions {
  readonly open: (unchanged: boolean) => void;
  readonly copy: (format: CopyFormat, header: boolean) => void;
  readonly inspect: () => void;
  readonly selectAll: () => void;
  readonly exportAll: () => void;
}

/**
 * The entries, group by group.
 * @param cell the active cell: its value and the type of its column
 */
export function cellMenu(
  cell: { readonly value: string | null | undefined; readonly type: string },
  actions: CellMenuActions,
): (MenuItem | undefined)[] {
  const disabled = typeof cell.value !== 'string';
  const isJson = cell.type === 'json' || cell.type === 'jsonb';
  const copy = (label: string, format: CopyFormat, header: boolean): MenuItem => ({
    label,
    run: () => actions.copy(format, header),
  });
  return [
    { label: 'Inspect Cell', keys: 'Ctrl+I', run: actions.inspect },
    { label: 'Open Cell', keys: 'Enter', disabled, run: () => actions.open(false) },
    ...(isJson ? [{ label: 'Open Cell as Stored', disabled, run: () => actions.open(true) }] : []),
    undefined,
    { ...copy('Copy', 'tsv', false), keys: 'Ctrl+C' },
    copy('Copy with Headers', 'tsv', true),
    undefined,
    copy('Copy as CSV', 'csv', true),
    copy('Copy as JSON', 'json', true),
    copy('Copy as Markdown', 'markdown', true),
    copy('Copy as IN List', 'in-list', false),
    undefined,
    { label: 'Select All', keys: 'Ctrl+A', run: actions.selectAll },
    { label: 'Export Result…', run: actions.exportAll },
  ];
}
