/** The grid's header row: what its cells show of sorting and filters, and what clicks and keys do there. */
import type { Arrangement } from '../src/shared/arrangement.ts';
import { directionOf, plain } from './arrangementSteps.ts';
import { columnDrag } from './columnDrag.ts';
import type { MenuPlace } from './contextMenu.ts';
import type { ResultSlickGrid } from './grid.ts';

/** What is done with columns, by their place in the row. */
export interface HeaderActions {
  /** Sorts by the column; `add` keeps the columns that rows are sorted by already. */
  sort(column: number, add: boolean): void;
  /** Opens the column's menu; `focusBack` is called when it closes. */
  menu(column: number, place: MenuPlace, focusBack: () => void): void;
  /** Opens the list of all columns. */
  list(place: MenuPlace, focusBack: () => void): void;
  /** @param to the place among the columns that are shown, from 0 */
  move(column: number, to: number): void;
  moveBy(column: number, by: -1 | 1): void;
  /** @param by pixels */
  widen(column: number, by: number): void;
  /** Makes it as wide as what is in view needs. */
  fit(column: number): void;
}

const firstCell = 1; // 0 is the row number
const widthStep = 16;

export class GridHeader {
  readonly #grid: ResultSlickGrid;
  readonly #container: HTMLElement;
  readonly #actions: HeaderActions;
  readonly #lifetime = new AbortController();
  readonly #wasDragged: () => boolean;
  #arrangement: Arrangement = plain;

  constructor(grid: ResultSlickGrid, container: HTMLElement, actions: HeaderActions) {
    this.#grid = grid;
    this.#container = container;
    this.#actions = actions;
    const { signal } = this.#lifetime;
    grid.onHeaderClick.subscribe((event) => this.#click(event.getNativeEvent<MouseEvent>()));
    grid.onColumnsResizeDblClick.subscribe((_event, { triggeredByColumn }) =>
      actions.fit(Number(triggeredByColumn.replace('column-', ''))),
    );
    const drop = (from: number, to: number): void => {
      const column = grid.getColumns()[from + firstCell]?.index;
      if (column !== undefined) actions.move(column, to);
    };
    this.#wasDragged = columnDrag({ container, cells: () => this.#cells(), drop }, signal);
    container.addEventListener('contextmenu', (event) => this.#contextMenu(event), { signal });
    this.paint();
  }

  setArrangement(arrangement: Arrangement): void {
    this.#arrangement = arrangement;
    this.paint();
  }

  /** Marks the cells; the grid makes them anew when columns change. */
  paint(): void {
    const { sort, filters } = this.#arrangement;
    for (const node of this.#cells()) {
      const column = columnOf(node);
      const direction = directionOf(this.#arrangement, column);
      const place = sort.length > 1 ? sort.findIndex((key) => key.column === column) + 1 : 0;
      const filtered = filters.some((filter) => filter.column === column);
      node.tabIndex = -1;
      node.ariaSort = direction ?? 'none';
      node.classList.toggle('sorted', direction !== undefined);
      node.classList.toggle('filtered', filtered);
      const mark = node.querySelector<HTMLElement>('.column-sort');
      if (mark !== null) {
        mark.textContent =
          direction === undefined
            ? ''
            : `${direction === 'ascending' ? '↑' : '↓'}${place > 0 ? String(place) : ''}`;
      }
      const filter = node.querySelector<HTMLElement>('.column-filter');
      if (filter !== null) filter.hidden = !filtered;
    }
  }

  /** Takes a key press in the header, or one that leads there. @returns whether it was */
  key(event: KeyboardEvent): boolean {
    const node = event.target instanceof Element ? this.#cellOf(event.target) : undefined;
    if (node === undefined) return this.#enter(event);
    if (event.key === 'Tab') return false;
    const { key, shiftKey, altKey } = event;
    const opensMenu = key === 'ContextMenu' || (key === 'F10' && shiftKey) || (key === 'ArrowDown' && altKey);
    if (opensMenu) this.#openMenu(node);
    else if (key === 'Enter' || key === ' ') this.#actions.sort(columnOf(node), shiftKey);
    else if (altKey || shiftKey) this.#shift(columnOf(node), key, altKey);
    else if (key === 'ArrowDown' || key === 'Escape') this.#leave(node);
    else this.#go(node, key);
    return true;
  }

  /** The column whose header has the focus. */
  get focused(): number | undefined {
    const node = this.#cells().find((each) => each === document.activeElement);
    return node === undefined ? undefined : columnOf(node);
  }

  /** Gives the focus to the header of a column. */
  focus(column: number): void {
    const cell = this.#grid.getColumns().findIndex(({ index }) => index === column);
    const node = this.#cells().find((each) => columnOf(each) === column);
    if (cell < firstCell || node === undefined) return;
    this.#grid.scrollColumnIntoView(cell);
    node.focus({ preventScroll: true });
  }

  dispose(): void {
    this.#lifetime.abort();
  }

  #cells(): HTMLElement[] {
    return [...this.#container.querySelectorAll<HTMLElement>('.slick-header-column:not(.row-number)')];
  }

  #cellOf(target: Element): HTMLElement | undefined {
    return target.closest<HTMLElement>('.slick-header-column:not(.row-number)') ?? undefined;
  }

  #click(event: MouseEvent | null | undefined): void {
    if (!(event?.target instanceof Element) || this.#wasDragged()) return;
    const node = this.#cellOf(event.target);
    if (node === undefined || event.target.closest('.slick-resizable-handle') !== null) return;
    if (event.target.closest('.column-menu') !== null) this.#openMenu(node);
    else this.#actions.sort(columnOf(node), event.shiftKey);
  }

  #contextMenu(event: MouseEvent): void {
    const node = event.target instanceof Element ? this.#cellOf(event.target) : undefined;
    if (event.target instanceof Element && event.target.closest('.slick-header-column.row-number') !== null) {
      event.preventDefault();
      this.#actions.list({ x: event.clientX, y: event.clientY }, () => this.#container.focus());
    }
    if (node === undefined) return;
    event.preventDefault();
    this.#openMenu(node, { x: event.clientX, y: event.clientY });
  }

  #openMenu(node: HTMLElement, place?: MenuPlace): void {
    const column = columnOf(node);
    const { left, bottom } = node.getBoundingClientRect();
    this.#actions.menu(column, place ?? { x: left, y: bottom }, () => this.focus(column));
  }

  /** The arrow that leads up from the first row. */
  #enter({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    const active = this.#grid.getActiveCell();
    if (key !== 'ArrowUp' || shiftKey || ctrlKey || metaKey || altKey || active?.row !== 0) return false;
    const column = this.#grid.getColumns()[active.cell]?.index;
    if (column === undefined || column < 0) return false;
    this.focus(column);
    return true;
  }

  #leave(node: HTMLElement): void {
    const cell = this.#grid.getColumns().findIndex(({ index }) => index === columnOf(node));
    if (this.#grid.getDataLength() === 0 || cell < firstCell) return;
    this.#grid.setActiveCell(this.#grid.getViewport().top, cell);
    this.#grid.getActiveCellNode()?.focus({ preventScroll: true });
  }

  /** Alt moves the column, Shift makes it wider or narrower. */
  #shift(column: number, key: string, move: boolean): void {
    if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
    const by = key === 'ArrowLeft' ? -1 : 1;
    if (move) this.#actions.moveBy(column, by);
    else this.#actions.widen(column, by * widthStep);
    this.focus(column);
  }

  #go(node: HTMLElement, key: string): void {
    const columns = this.#grid.getColumns();
    const at = columns.findIndex(({ index }) => index === columnOf(node));
    const last = columns.length - 1;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: firstCell, End: last }[key];
    if (to === undefined) return;
    const column = columns[Math.min(last, Math.max(firstCell, to))]?.index;
    if (column !== undefined) this.focus(column);
  }
}

/** Place in the row of the column that a header cell is of. */
function columnOf(node: HTMLElement): number {
  return Number(node.dataset['id']?.replace('column-', ''));
}
