/** The grid: SlickGrid over pages of rows from the host. */
import { SlickGrid, type GridOption } from 'slickgrid';
import type { SampleColumn } from '../src/shared/changesProtocol.ts';
import type { CellSelection } from '../src/shared/cellSelection.ts';
import type { ResultRow, RowTotal } from '../src/shared/resultsProtocol.ts';
import { plainLayout, resizing, shownColumns, type ColumnLayout } from './columnLayout.ts';
import { columnWidths, textMeasure } from './columnWidths.ts';
import { element } from './dom.ts';
import { GridAria } from './gridAria.ts';
import { GridCells, type CellCommands } from './gridCells.ts';
import { cellOf, dataColumn, loadingRow, rowNumberColumn, type GridColumn } from './gridColumns.ts';
import { GridHeader, type HeaderActions } from './gridHeader.ts';
import { GridSelection } from './gridSelection.ts';
import type { RowPages } from './rowPages.ts';
import type { Announce, View } from './view.ts';

type ResultGridOption = GridOption<GridColumn>;
export type ResultSlickGrid = SlickGrid<ResultRow, GridColumn, ResultGridOption>;

export interface GridContent {
  readonly label: string;
  readonly columns: readonly SampleColumn[];
  readonly firstRows: readonly ResultRow[];
  readonly pages: RowPages;
  /** The page's nonce, for the style element that holds the column widths. */
  readonly nonce: string;
  /** What can be done with cells by the host; without it they can be copied from the page. */
  readonly commands?: CellCommands;
  /** What can be done with columns; without it they are as they are. */
  readonly header?: HeaderActions;
  /** How the columns were left the last time. */
  readonly layout?: ColumnLayout | undefined;
  readonly onLayout?: (layout: ColumnLayout) => void;
}

// While the scroll bar is dragged, a page is asked for when it has been in view for this long.
const settleMs = 40;
const rowHeightPerFontSize = 1.7;
/** Of the view's width, as much as frozen columns may take. */
const mostFrozen = 0.8;

export class ResultGrid implements View {
  readonly element: HTMLElement;
  readonly #content: GridContent;
  readonly #announce: Announce;
  readonly #onSelect: (selections: CellSelection[]) => void;
  readonly #lifetime = new AbortController();
  #parts:
    | {
        grid: ResultSlickGrid;
        aria: GridAria;
        selection: GridSelection;
        cells: GridCells;
        header: GridHeader | undefined;
      }
    | undefined;
  #layout: ColumnLayout;
  /** By place in the row, from what the first rows of each order have held. */
  #widths: readonly number[] = [];
  #settling: number | undefined;
  #lastAsk = 0;

  constructor(content: GridContent, announce: Announce, onSelect: (selections: CellSelection[]) => void) {
    this.#content = content;
    this.#layout = content.layout ?? plainLayout(content.columns.length);
    this.#announce = announce;
    this.#onSelect = onSelect;
    this.element = element('div', { class: 'grid', 'aria-label': content.label });
  }

  mounted(): void {
    const { element: container } = this;
    const grid = this.#makeGrid();
    const aria = new GridAria(grid, container, this.#content.pages.total);
    const selection = new GridSelection(grid, container, this.#onSelect);
    const { columns, pages, commands, header: actions } = this.#content;
    const announce = this.#announce;
    const cells = new GridCells({ grid, container, selection, columns, pages, commands, announce });
    const header = actions === undefined ? undefined : new GridHeader(grid, container, actions);
    this.#parts = { grid, aria, selection, cells, header };
    const { signal } = this.#lifetime;
    container.addEventListener('keydown', (event) => this.#key(event), { capture: true, signal });
    grid.onViewportChanged.subscribe(() => this.#settle());
    grid.onColumnsResized.subscribe(() => this.#keepWidths(grid));
    const resized = new ResizeObserver(() => grid.resizeCanvas());
    resized.observe(container);
    signal.addEventListener('abort', () => resized.disconnect());
    this.ask();
  }

  /** What is selected, by places in the row. */
  get selected(): CellSelection | undefined {
    return this.#parts?.cells.selected;
  }

  /** Asks for the rows in view. */
  ask(): void {
    if (this.#parts === undefined) return;
    this.#lastAsk = performance.now();
    const { top, bottom } = this.#parts.grid.getRenderedRange();
    this.#content.pages.want(top, bottom);
  }

  /** Draws rows `from` to `to` (exclusive) again, as far as they are in view. */
  redraw(from: number, to: number): void {
    const grid = this.#parts?.grid;
    if (grid === undefined) return;
    const { top, bottom } = grid.getRenderedRange();
    const rows: number[] = [];
    for (let row = Math.max(from, top); row < Math.min(to, bottom + 1); row++) rows.push(row);
    grid.invalidateRows(rows);
    grid.render();
  }

  /** The rows are others now: back to the first, in columns that are wide enough for these, too. */
  restart(firstRows: readonly ResultRow[]): void {
    const grid = this.#parts?.grid;
    if (grid === undefined) return;
    grid.resetActiveCell();
    this.#widenFor(grid, firstRows);
    grid.invalidateAllRows();
    grid.updateRowCount();
    grid.scrollRowToTop(0);
    grid.render();
    this.ask();
  }

  /** The header's part, once it is in the page. */
  get header(): GridHeader | undefined {
    return this.#parts?.header;
  }

  get layout(): ColumnLayout {
    return this.#layout;
  }

  /** @returns whether it could be done: columns that fill the view cannot all stay in it */
  setLayout(layout: ColumnLayout): boolean {
    const { grid, header } = this.#parts ?? {};
    if (grid === undefined) return false;
    const frozen = shownColumns(layout).slice(0, layout.frozen);
    const needed = frozen.reduce((sum, column) => sum + this.#widthIn(layout, column), 0);
    if (layout.frozen > this.#layout.frozen && needed > this.element.clientWidth * mostFrozen) return false;
    this.#layout = layout;
    grid.resetActiveCell();
    grid.setOptions({ frozenColumn: layout.frozen }, true, true);
    grid.setColumns(this.#gridColumns(layout));
    this.element.setAttribute('aria-colcount', String(grid.getColumns().length));
    header?.paint();
    this.#content.onLayout?.(layout);
    this.ask();
    return true;
  }

  /** In pixels. */
  widthOf(column: number): number {
    return this.#widthIn(this.#layout, column);
  }

  /** The width that the rows in view need, in pixels. */
  fittingWidth(column: number): number {
    const { columns, pages } = this.#content;
    const { top = 0, bottom = 0 } = this.#parts?.grid.getRenderedRange() ?? {};
    const cells: ResultRow[] = [];
    for (let row = top; row <= bottom; row++) cells.push([pages.row(row)?.[column] ?? null]);
    return columnWidths(columns.slice(column, column + 1), cells, textMeasure(this.element))[0] ?? 0;
  }

  setTotal(total: RowTotal): void {
    this.#parts?.aria.setTotal(total);
    this.#parts?.grid.updateRowCount();
    this.#parts?.grid.render();
    this.ask();
  }

  dispose(): void {
    window.clearTimeout(this.#settling);
    this.#lifetime.abort();
    this.#parts?.header?.dispose();
    this.#parts?.cells.dispose();
    this.#parts?.selection.dispose();
    this.#parts?.aria.dispose();
    this.#parts?.grid.destroy(true);
  }

  #makeGrid(): ResultSlickGrid {
    const { columns, firstRows, pages, nonce } = this.#content;
    const measure = textMeasure(this.element);
    this.#widths = columnWidths(columns, firstRows, measure);
    const all = this.#gridColumns(this.#layout);
    const rows = {
      getLength: () => pages.total.rows,
      getItem: (index: number) => pages.row(index) ?? loadingRow,
      getItemMetadata: () => null, // rows look alike
    };
    const fontSize = Number.parseFloat(getComputedStyle(this.element).fontSize);
    return new SlickGrid<ResultRow, GridColumn, ResultGridOption>(this.element, rows, all, {
      nonce,
      rowHeight: Math.max(20, Math.round(fontSize * rowHeightPerFontSize)),
      frozenColumn: this.#layout.frozen,
      enableHtmlRendering: false,
      enableColumnReorder: false,
      emulatePagingWhenScrolling: false,
      enableTextSelectionOnCells: false,
      skipFreezeColumnValidation: true,
      // Not Ctrl and Cmd, by which a further range is dragged; SlickGrid merges the list into its own, place by place.
      preventDragFromKeys: ['altKey', 'altKey'],
      autoEdit: false,
      fullWidthRows: true,
      dataItemColumnValueExtractor: cellOf,
    });
  }

  #gridColumns(layout: ColumnLayout): GridColumn[] {
    const { columns, header, pages } = this.#content;
    const { characterWidth } = textMeasure(this.element);
    const data = shownColumns(layout).flatMap((place, position) => {
      const column = columns[place];
      if (column === undefined) return [];
      return dataColumn(column, place, this.#widthIn(layout, place), header !== undefined, position);
    });
    return [rowNumberColumn(pages.total, characterWidth), ...data];
  }

  #widthIn({ widths }: ColumnLayout, column: number): number {
    return widths.get(column) ?? this.#widths[column] ?? 0;
  }

  /** Never narrower: columns that jump at every click are worse than some that are too wide. */
  #widenFor(grid: ResultSlickGrid, firstRows: readonly ResultRow[]): void {
    const needed = columnWidths(this.#content.columns, firstRows, textMeasure(this.element));
    const widths = needed.map((width, column) => Math.max(width, this.#widths[column] ?? 0));
    if (widths.every((width, column) => width === this.#widths[column])) return;
    this.#widths = widths;
    const header = this.#parts?.header;
    const focused = header?.focused;
    grid.setColumns(this.#gridColumns(this.#layout));
    header?.paint();
    if (focused !== undefined) header?.focus(focused); // its cell was made anew
  }

  /** What the mouse has made wider or narrower. */
  #keepWidths(grid: ResultSlickGrid): void {
    for (const { index, width = 0 } of grid.getColumns()) {
      if (index >= 0 && width !== this.widthOf(index)) this.#layout = resizing(this.#layout, index, width);
    }
    this.#content.onLayout?.(this.#layout);
  }

  #settle(): void {
    window.clearTimeout(this.#settling);
    if (performance.now() - this.#lastAsk > settleMs * 2) this.ask();
    else this.#settling = window.setTimeout(() => this.ask(), settleMs);
  }

  #key(event: KeyboardEvent): void {
    // Tab leaves the grid, as in every ARIA grid; SlickGrid would walk through the cells.
    if (event.key === 'Tab') event.stopPropagation();
    const { header, selection, cells } = this.#parts ?? {};
    if (event.key !== 'Tab' && (header?.key(event) || selection?.key(event) || cells?.key(event))) {
      event.preventDefault();
      event.stopPropagation();
    }
  }
}
