/** The grid: SlickGrid over pages of rows from the host. */
import { SlickGrid, type GridOption } from 'slickgrid';
import type { SampleColumn } from '../src/shared/changesProtocol.ts';
import type { CellSelection } from '../src/shared/cellSelection.ts';
import type { ResultRow, RowTotal } from '../src/shared/resultsProtocol.ts';
import { columnWidths, textMeasure } from './columnWidths.ts';
import { element } from './dom.ts';
import { GridAria } from './gridAria.ts';
import { GridCells, type CellCommands } from './gridCells.ts';
import { cellOf, dataColumn, loadingRow, rowNumberColumn, type GridColumn } from './gridColumns.ts';
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
}

// While the scroll bar is dragged, a page is asked for when it has been in view for this long.
const settleMs = 40;
const rowHeightPerFontSize = 1.7;

export class ResultGrid implements View {
  readonly element: HTMLElement;
  readonly #content: GridContent;
  readonly #announce: Announce;
  readonly #onSelect: (selections: CellSelection[]) => void;
  readonly #lifetime = new AbortController();
  #parts: { grid: ResultSlickGrid; aria: GridAria; selection: GridSelection; cells: GridCells } | undefined;
  #settling: number | undefined;
  #lastAsk = 0;

  constructor(content: GridContent, announce: Announce, onSelect: (selections: CellSelection[]) => void) {
    this.#content = content;
    this.#announce = announce;
    this.#onSelect = onSelect;
    this.element = element('div', { class: 'grid', 'aria-label': content.label });
  }

  mounted(): void {
    const { element: container } = this;
    const grid = this.#makeGrid();
    const aria = new GridAria(grid, container, this.#content.pages.total);
    const selection = new GridSelection(grid, container, this.#onSelect);
    const { columns, pages, commands } = this.#content;
    const announce = this.#announce;
    const cells = new GridCells({ grid, container, selection, columns, pages, commands, announce });
    this.#parts = { grid, aria, selection, cells };
    const { signal } = this.#lifetime;
    container.addEventListener('keydown', (event) => this.#key(event), { capture: true, signal });
    grid.onViewportChanged.subscribe(() => this.#settle());
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

  setTotal(total: RowTotal): void {
    this.#parts?.aria.setTotal(total);
    this.#parts?.grid.updateRowCount();
    this.#parts?.grid.render();
    this.ask();
  }

  dispose(): void {
    window.clearTimeout(this.#settling);
    this.#lifetime.abort();
    this.#parts?.cells.dispose();
    this.#parts?.selection.dispose();
    this.#parts?.aria.dispose();
    this.#parts?.grid.destroy(true);
  }

  #makeGrid(): ResultSlickGrid {
    const { columns, firstRows, pages, nonce } = this.#content;
    const measure = textMeasure(this.element);
    const widths = columnWidths(columns, firstRows, measure);
    const all = [
      rowNumberColumn(pages.total, measure.characterWidth),
      ...columns.map((column, index) => dataColumn(column, index, widths[index] ?? 0)),
    ];
    const rows = {
      getLength: () => pages.total.rows,
      getItem: (index: number) => pages.row(index) ?? loadingRow,
      getItemMetadata: () => null, // rows look alike
    };
    const fontSize = Number.parseFloat(getComputedStyle(this.element).fontSize);
    return new SlickGrid<ResultRow, GridColumn, ResultGridOption>(this.element, rows, all, {
      nonce,
      rowHeight: Math.max(20, Math.round(fontSize * rowHeightPerFontSize)),
      frozenColumn: 0,
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

  #settle(): void {
    window.clearTimeout(this.#settling);
    if (performance.now() - this.#lastAsk > settleMs * 2) this.ask();
    else this.#settling = window.setTimeout(() => this.ask(), settleMs);
  }

  #key(event: KeyboardEvent): void {
    // Tab leaves the grid, as in every ARIA grid; SlickGrid would walk through the cells.
    if (event.key === 'Tab') event.stopPropagation();
    else if (this.#parts?.selection.key(event) === true || this.#parts?.cells.key(event) === true) {
      event.preventDefault();
      event.stopPropagation();
    }
  }
}
