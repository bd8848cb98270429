/** What SlickGrid leaves out of the ARIA grid pattern: counts, row indexes, one tab stop, and focus on the active cell. */
import { SlickEventHandler } from 'slickgrid';
import type { RowTotal } from '../src/shared/resultsProtocol.ts';
import type { ResultSlickGrid } from './grid.ts';

const headerRows = 1;

export class GridAria {
  readonly #grid: ResultSlickGrid;
  readonly #container: HTMLElement;
  readonly #handler = new SlickEventHandler();
  #focused = false;

  constructor(grid: ResultSlickGrid, container: HTMLElement, total: RowTotal) {
    this.#grid = grid;
    this.#container = container;
    for (const node of container.querySelectorAll('[tabindex="0"]')) node.setAttribute('tabindex', '-1');
    for (const node of container.querySelectorAll('.slick-header-columns'))
      node.setAttribute('aria-rowindex', '1');
    container.setAttribute('aria-colcount', String(grid.getColumns().length));
    container.setAttribute('aria-multiselectable', 'true');
    container.setAttribute('aria-readonly', 'true');
    container.tabIndex = 0;
    this.setTotal(total);
    this.#markRows();
    container.addEventListener('focusin', (event) => this.#enter(event));
    container.addEventListener('focusout', (event) => this.#leave(event));
    this.#handler
      .subscribe(grid.onRendered, () => this.#rendered())
      .subscribe(grid.onActiveCellChanged, () => this.#focusActive(false));
  }

  /** -1 says to screen readers that the count is not known. */
  setTotal(total: RowTotal): void {
    this.#container.setAttribute('aria-rowcount', String(total.complete ? total.rows + headerRows : -1));
  }

  dispose(): void {
    this.#handler.unsubscribeAll();
  }

  #rendered(): void {
    this.#markRows();
    // A page that arrives replaces the row's elements, and with them the one that had the focus.
    if (this.#focused && !this.#container.contains(document.activeElement)) this.#focusActive(true);
  }

  #markRows(): void {
    for (const row of this.#container.querySelectorAll<HTMLElement>('.slick-row:not([aria-rowindex])')) {
      row.setAttribute('aria-rowindex', String(Number(row.dataset.row) + 1 + headerRows));
    }
  }

  #enter(event: FocusEvent): void {
    this.#focused = true;
    if (event.target !== this.#container || this.#grid.getDataLength() === 0) return;
    if (this.#grid.getActiveCell() === null) this.#grid.setActiveCell(this.#grid.getViewport().top, 1);
    else this.#focusActive(true);
  }

  #leave(event: FocusEvent): void {
    const next = event.relatedTarget;
    // Without a next element the cell was only replaced, or the window lost the focus and will give it back.
    if (next instanceof Node && !this.#container.contains(next)) this.#focused = false;
  }

  /** The active cell is the grid's one tab stop; it takes the focus when the grid has it. */
  #focusActive(force: boolean): void {
    const cell = this.#grid.getActiveCellNode();
    this.#container.tabIndex = cell === null ? 0 : -1;
    if (cell === null) return;
    for (const node of this.#container.querySelectorAll('.slick-cell[tabindex="0"]'))
      node.setAttribute('tabindex', '-1');
    cell.tabIndex = 0;
    if (force || this.#focused) cell.focus({ preventScroll: true });
  }
}
