/**
 * Selecting cells by mouse and keyboard. SlickGrid's own selection models walk every selected row, a second for a million;
 * this one keeps the corners and paints only what is on screen.
 */
import { SlickCellRangeSelector, SlickEventHandler } from 'slickgrid';
import { edgesOf, extendedHead, type CellPlace, type CellRange, type GridExtent } from './cellRange.ts';
import type { ResultSlickGrid } from './grid.ts';

const firstCell = 1; // 0 is the row number

export class GridSelection {
  readonly #grid: ResultSlickGrid;
  readonly #container: HTMLElement;
  readonly #onChange: (range: CellRange | undefined) => void;
  readonly #handler = new SlickEventHandler();
  #range: CellRange | undefined;

  constructor(
    grid: ResultSlickGrid,
    container: HTMLElement,
    onChange: (range: CellRange | undefined) => void,
  ) {
    this.#grid = grid;
    this.#container = container;
    this.#onChange = onChange;
    const selector = new SlickCellRangeSelector({
      // What is dragged over is painted like any selection, so that the box of the plugin is not needed.
      cellDecorator: { show: () => null, hide: () => undefined, destroy: () => undefined } as never,
    });
    grid.registerPlugin(selector as never);
    this.#handler
      .subscribe(grid.onActiveCellChanged, (_event, place) => this.#collapse(place as CellPlace | null))
      .subscribe(grid.onClick, (event, place) =>
        this.#click(event.getNativeEvent<MouseEvent>(), place, event),
      )
      .subscribe(grid.onRendered, () => this.#paint())
      .subscribe(selector.onCellRangeSelecting, (_event, { range }) =>
        this.#set({
          anchor: { row: range.fromRow, cell: range.fromCell },
          head: { row: range.toRow, cell: range.toCell },
        }),
      )
      .subscribe(selector.onCellRangeSelected, (_event, { range }) => {
        grid.setActiveCell(range.fromRow, range.fromCell, false, false, true);
        this.#set({
          anchor: { row: range.fromRow, cell: range.fromCell },
          head: { row: range.toRow, cell: range.toCell },
        });
      });
  }

  get range(): CellRange | undefined {
    return this.#range;
  }

  includes({ row, cell }: CellPlace): boolean {
    if (this.#range === undefined) return false;
    const { top, bottom, left, right } = edgesOf(this.#range);
    return row >= top && row <= bottom && cell >= left && cell <= right;
  }

  selectAll(): void {
    const { lastRow, lastCell } = this.#extent();
    this.#set({ anchor: { row: 0, cell: firstCell }, head: { row: lastRow, cell: lastCell } });
  }

  selectRow(row: number): void {
    this.#grid.setActiveCell(row, firstCell);
    this.#set({ anchor: { row, cell: firstCell }, head: { row, cell: this.#extent().lastCell } });
  }

  /** Takes a key press that is about the selection. @returns whether it was */
  key(event: KeyboardEvent): boolean {
    const far = event.ctrlKey || event.metaKey;
    if (far && !event.shiftKey && event.key.toLowerCase() === 'a') {
      this.selectAll();
      return true;
    }
    if (!event.shiftKey || this.#range === undefined) return false;
    const head = extendedHead(event.key, far, this.#range.head, this.#extent());
    if (head === undefined) return false;
    this.#set({ anchor: this.#range.anchor, head });
    this.#grid.scrollCellIntoView(head.row, head.cell, false);
    return true;
  }

  dispose(): void {
    this.#handler.unsubscribeAll();
  }

  #extent(): GridExtent {
    return {
      firstCell,
      lastCell: this.#grid.getColumns().length - 1,
      lastRow: this.#grid.getDataLength() - 1,
      pageRows: Math.max(1, this.#grid.getViewportRowCount() - 1),
    };
  }

  #collapse(place: CellPlace | null): void {
    this.#set(place === null ? undefined : { anchor: place, head: place });
  }

  #click(
    native: MouseEvent | null | undefined,
    place: CellPlace,
    event: { stopImmediatePropagation(): void },
  ): void {
    if (place.cell < firstCell) {
      this.selectRow(place.row);
    } else if (native?.shiftKey === true && this.#range !== undefined) {
      this.#set({ anchor: this.#range.anchor, head: { row: place.row, cell: place.cell } });
    } else {
      return;
    }
    event.stopImmediatePropagation();
  }

  #set(range: CellRange | undefined): void {
    this.#range = range;
    this.#paint();
    this.#onChange(range);
  }

  #paint(): void {
    const edges = this.#range === undefined ? undefined : edgesOf(this.#range);
    for (const node of this.#container.querySelectorAll<HTMLElement>('.slick-cell:not(.row-number)')) {
      const row = Number(node.parentElement?.dataset.row);
      const cell = Number(node.getAttribute('aria-colindex')) - 1;
      const inside =
        edges !== undefined &&
        row >= edges.top &&
        row <= edges.bottom &&
        cell >= edges.left &&
        cell <= edges.right;
      if (inside === (node.ariaSelected === 'true')) continue;
      node.ariaSelected = String(inside);
      node.classList.toggle('selected', inside);
    }
  }
}
