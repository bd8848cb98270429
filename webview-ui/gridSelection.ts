/**
 * Selecting cells by mouse and keyboard. SlickGrid's own selection models walk every selected row, a second for a million;
 * this one keeps the corners and paints only what is on screen.
 */
import { SlickCellRangeSelector, SlickEventHandler, type SlickEventData } from 'slickgrid';
import type { CellSelection } from '../src/shared/cellSelection.ts';
import { edgesOf, extendedHead, type CellPlace, type CellRange, type GridExtent } from './cellRange.ts';
import type { ResultSlickGrid } from './grid.ts';
import { selectionsOf } from './selectedCells.ts';

const firstCell = 1; // 0 is the row number

export class GridSelection {
  readonly #grid: ResultSlickGrid;
  readonly #container: HTMLElement;
  readonly #onChange: (selections: CellSelection[]) => void;
  readonly #handler = new SlickEventHandler();
  readonly #lifetime = new AbortController();
  /** The last one is that which keys and Shift extend. */
  #ranges: readonly CellRange[] = [];
  /** What stays selected beside what is being dragged. */
  #kept: readonly CellRange[] = [];
  /** The row number where the mouse was pressed, while it is. */
  #draggedFrom: number | undefined;

  constructor(
    grid: ResultSlickGrid,
    container: HTMLElement,
    onChange: (selections: CellSelection[]) => void,
  ) {
    this.#grid = grid;
    this.#container = container;
    this.#onChange = onChange;
    const selector = new SlickCellRangeSelector({
      // Beyond the edge, a row each 90 ms and ever faster; three times that at first is felt as standing still.
      maxIntervalToShowNextCell: 90,
      // What is dragged over is painted like any selection, so that the box of the plugin is not needed.
      cellDecorator: { show: () => null, hide: () => undefined, destroy: () => undefined } as never,
    });
    grid.registerPlugin(selector as never);
    const dragged = ({ fromRow, fromCell, toRow, toCell }: Dragged): CellRange => ({
      anchor: { row: fromRow, cell: fromCell },
      head: { row: toRow, cell: toCell },
    });
    this.#handler
      .subscribe(grid.onActiveCellChanged, (_event, place) => this.#collapse(place as CellPlace | null))
      .subscribe(grid.onClick, (event, place) => this.#click(place, event))
      .subscribe(grid.onRendered, () => this.#paint())
      .subscribe(selector.onCellRangeSelecting, (_event, { range }) =>
        this.#set([...this.#kept, dragged(range)]),
      )
      .subscribe(selector.onCellRangeSelected, (_event, { range }) => {
        grid.setActiveCell(range.fromRow, range.fromCell, false, false, true);
        this.#set([...this.#kept, dragged(range)]);
      });
    const { signal } = this.#lifetime;
    container.addEventListener('mousedown', (event) => this.#press(event), { capture: true, signal });
    container.addEventListener('mouseover', (event) => this.#over(event), { signal });
    document.addEventListener('mouseup', () => (this.#draggedFrom = undefined), { signal });
  }

  /** What is selected, each cell once, by places in the row. */
  get selections(): CellSelection[] {
    const columns = this.#grid.getColumns();
    return selectionsOf(this.#ranges, (cell) => columns[cell]?.index ?? 0);
  }

  includes({ row, cell }: CellPlace): boolean {
    return this.#ranges.map(edgesOf).some((edges) => {
      return row >= edges.top && row <= edges.bottom && cell >= edges.left && cell <= edges.right;
    });
  }

  selectAll(): void {
    const { lastRow, lastCell } = this.#extent();
    this.#set([{ anchor: { row: 0, cell: firstCell }, head: { row: lastRow, cell: lastCell } }]);
  }

  selectRow(row: number): void {
    this.#grid.setActiveCell(row, firstCell);
    this.#set([this.#rowsFrom(row, row)]);
  }

  /** All rows of the columns that hold selected cells. */
  selectColumns(): void {
    const { lastRow } = this.#extent();
    this.#set(
      this.#ranges.map(({ anchor, head }) => ({
        anchor: { ...anchor, row: 0 },
        head: { ...head, row: lastRow },
      })),
    );
  }

  /** All columns of the rows that hold selected cells. */
  selectRows(): void {
    this.#set(this.#ranges.map(({ anchor, head }) => this.#rowsFrom(anchor.row, head.row)));
  }

  /** Takes a key press that is about the selection. @returns whether it was */
  key(event: KeyboardEvent): boolean {
    const far = event.ctrlKey || event.metaKey;
    const range = this.#ranges.at(-1);
    if (far && !event.shiftKey && event.key.toLowerCase() === 'a') {
      this.selectAll();
      return true;
    }
    if (range === undefined) return false;
    if (event.key === ' ' && far !== event.shiftKey) {
      if (far) this.selectColumns();
      else this.selectRows();
      return true;
    }
    if (!event.shiftKey) return false;
    const head = extendedHead(event.key, far, range.head, this.#extent());
    if (head === undefined) return false;
    this.#set([...this.#ranges.slice(0, -1), { anchor: range.anchor, head }]);
    this.#grid.scrollCellIntoView(head.row, head.cell, false);
    return true;
  }

  dispose(): void {
    this.#lifetime.abort();
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

  #rowsFrom(anchor: number, head: number): CellRange {
    return {
      anchor: { row: anchor, cell: firstCell },
      head: { row: head, cell: this.#extent().lastCell },
    };
  }

  /** Whoever moves the active cell selects that cell alone. */
  #collapse(place: CellPlace | null): void {
    this.#set(place === null ? [] : [{ anchor: place, head: place }]);
  }

  #press(event: MouseEvent): void {
    if (event.button !== 0) return;
    this.#kept = event.ctrlKey || event.metaKey ? this.#ranges : [];
    const row = rowNumberAt(event.target);
    if (row !== undefined && !event.shiftKey) this.#draggedFrom = row;
  }

  /** The mouse is dragged over row numbers. */
  #over(event: MouseEvent): void {
    const row = this.#draggedFrom === undefined ? undefined : rowNumberAt(event.target);
    if (this.#draggedFrom !== undefined && row !== undefined)
      this.#set([...this.#kept, this.#rowsFrom(this.#draggedFrom, row)]);
  }

  #click(place: CellPlace, event: SlickEventData): void {
    const native = event.getNativeEvent<MouseEvent>();
    const far = native.ctrlKey || native.metaKey;
    const last = this.#ranges.at(-1);
    const isRow = place.cell < firstCell;
    if (native.shiftKey && last !== undefined) {
      const head = { row: place.row, cell: place.cell };
      const to = isRow ? this.#rowsFrom(last.anchor.row, place.row) : { anchor: last.anchor, head };
      this.#set([...this.#ranges.slice(0, -1), to]);
    } else if (isRow || far) {
      const kept = far ? this.#kept : [];
      this.#grid.setActiveCell(place.row, Math.max(firstCell, place.cell));
      const only = { row: place.row, cell: place.cell };
      this.#set([...kept, isRow ? this.#rowsFrom(place.row, place.row) : { anchor: only, head: only }]);
    } else {
      return;
    }
    event.stopImmediatePropagation();
  }

  #set(ranges: readonly CellRange[]): void {
    this.#ranges = ranges;
    this.#paint();
    this.#onChange(this.selections);
  }

  #paint(): void {
    for (const node of this.#container.querySelectorAll<HTMLElement>('.slick-cell:not(.row-number)')) {
      const row = Number(node.parentElement?.dataset.row);
      const inside = this.includes({ row, cell: Number(node.getAttribute('aria-colindex')) - 1 });
      if (inside === (node.ariaSelected === 'true')) continue;
      node.ariaSelected = String(inside);
      node.classList.toggle('selected', inside);
    }
  }
}

interface Dragged {
  readonly fromRow: number;
  readonly fromCell: number;
  readonly toRow: number;
  readonly toCell: number;
}

function rowNumberAt(target: EventTarget | null): number | undefined {
  const node = target instanceof Element ? target.closest<HTMLElement>('.slick-cell.row-number') : null;
  const row = node?.parentElement?.dataset.row;
  return row === undefined ? undefined : Number(row);
}
