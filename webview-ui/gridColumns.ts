/** The grid's columns, and how each cell is drawn: always text, never markup. */
import type { Column, Formatter, FormatterResultWithHtml, FormatterResultWithText } from 'slickgrid';
import type { SampleColumn } from '../src/shared/changesProtocol.ts';
import type { ResultRow, RowTotal } from '../src/shared/resultsProtocol.ts';
import { cellPieces, cut, longestCell, plainLine } from './cellText.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';
import { markedText } from './markedText.ts';

/** A column of the grid; two columns may share a name, so that each is known by its place in the row. */
export interface GridColumn extends Column<ResultRow> {
  /** Place in the row; -1 is the row number. */
  readonly index: number;
  /** One of a pair, before and after a change: its partner stands beside it. */
  readonly change?: SampleColumn['change'];
}

/** Stands for a row that has not arrived. */
export const loadingRow: ResultRow = [];

// SlickGrid wants a property to read; `cellOf` reads by place instead.
const unusedField = 'length';

const longestTip = 2000;

function textOf(value: string): string | HTMLElement {
  const pieces = cellPieces(value);
  const [first] = pieces;
  if (pieces.length === 1 && first?.mark === false) return first.text;
  return element('span', {}, ...markedText(pieces));
}

/** What the tip shows: the value with its line breaks, but with nothing that reorders the text. */
function tipOf(value: string): string {
  const text = cut(value, longestTip).split('\n');
  return text.map((line) => plainLine(line)).join('\n');
}

/** Whether the cell is one of a pair that differs in this row. */
function isChanged({ index, change }: GridColumn, row: ResultRow): boolean {
  return change !== undefined && row[index] !== row[change === 'before' ? index + 1 : index - 1];
}

const dataCell: Formatter<ResultRow> = (_row, _cell, value: string | null | undefined, column, item) => {
  if (item === loadingRow) return { html: element('span', { class: 'skeleton' }), addClasses: 'loading' };
  const drawn = drawValue(value);
  if (!isChanged(column as GridColumn, item)) return drawn;
  return { ...drawn, addClasses: `${drawn.addClasses ?? ''} changed`.trim() };
};

function drawValue(
  value: string | null | undefined,
): (FormatterResultWithText | FormatterResultWithHtml) & { addClasses?: string } {
  if (value === null || value === undefined) return { text: 'NULL', addClasses: 'null' };
  if (value === '') return { text: "''", addClasses: 'empty', toolTip: 'Empty text' };
  const text = textOf(value);
  const whole = value.length > longestCell ? '\n\nEnter or a double click opens the whole cell.' : '';
  const toolTip = value.length > 24 || typeof text !== 'string' ? `${tipOf(value)}${whole}` : '';
  return typeof text === 'string' ? { text, toolTip } : { html: text, toolTip };
}

const rowNumberCell: Formatter<ResultRow> = (row) => (row + 1).toLocaleString();

/** The header's cell: the name, and below it the type in small. */
function headerOf({ name, type, change }: SampleColumn, withMenu: boolean): HTMLElement {
  const shown = plainLine(name);
  return element(
    'span',
    { class: 'column-head' },
    element(
      'span',
      { class: 'column-title' },
      shown,
      change === undefined ? undefined : element('span', { class: `column-change ${change}` }, change),
    ),
    element(
      'span',
      { class: 'column-line' },
      element('span', { class: 'column-type' }, type),
      withMenu ? headerMarks(shown) : undefined,
    ),
  );
}

/** What `GridHeader` shows there of the order and the filters, and the button that opens the column's menu. */
function headerMarks(name: string): HTMLElement {
  const filter = element('span', {
    class: 'column-filter',
    role: 'img',
    'aria-label': 'filtered',
    hidden: '',
  });
  filter.append(icon('filter'));
  const menu = element('button', {
    type: 'button',
    class: 'column-menu',
    tabindex: '-1',
    'aria-label': `Menu of ${name}`,
    'aria-haspopup': 'menu',
  });
  menu.append(icon('chevron'));
  const sort = element('span', { class: 'column-sort', 'aria-hidden': 'true' });
  return element('span', { class: 'column-marks' }, filter, sort, menu);
}

/** While rows are still counted, there is room for the numbers of a million. */
const countedRows = 1_000_000;

/** The column of row numbers, as wide as the largest needs. */
export function rowNumberColumn({ rows, complete }: RowTotal, characterWidth: number): GridColumn {
  const largest = complete ? rows : Math.max(rows, countedRows);
  return {
    id: 'row-number',
    index: -1,
    field: unusedField,
    name: element('span', { class: 'visually-hidden' }, 'Row'),
    width: Math.round(Math.max(3, largest.toLocaleString().length) * characterWidth + 18),
    focusable: false,
    selectable: false,
    resizable: false,
    cssClass: 'row-number',
    headerCssClass: 'row-number',
    cellAttrs: { role: 'rowheader', 'aria-colindex': '1' },
    headerCellAttrs: { 'aria-colindex': '1' },
    formatter: rowNumberCell,
  };
}

/**
 * @param position where it is shown, from 0
 * @param withMenu whether rows can be sorted and filtered by it
 */
export function dataColumn(
  column: SampleColumn,
  index: number,
  width: number,
  withMenu: boolean,
  position = index,
): GridColumn {
  const place = { 'aria-colindex': String(position + 2) };
  return {
    id: `column-${index}`,
    index,
    ...(column.change === undefined ? {} : { change: column.change }),
    field: unusedField,
    name: headerOf(column, withMenu),
    toolTip: `${column.name}\n${column.type}`,
    width,
    minWidth: 32,
    cssClass: column.change === undefined ? column.align : `${column.align} ${column.change}`,
    headerCssClass: column.align,
    cellAttrs: place,
    headerCellAttrs: place,
    formatter: dataCell,
  };
}

/** The value of a column in a row. */
export function cellOf(row: ResultRow, column: GridColumn): string | null | undefined {
  return row[column.index];
}
