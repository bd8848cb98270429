/** What can be done with a column from its header: sort, filter, move, resize, and the menu with all the rest. */
import type { RowFilter } from '../src/shared/arrangement.ts';
import { cycled, filteredBy, unfiltered } from './arrangementSteps.ts';
import type { Arranging } from './arranging.ts';
import {
  freezing,
  hiding,
  moving,
  plainLayout,
  resizing,
  showing,
  shownColumns,
  type ColumnLayout,
} from './columnLayout.ts';
import { ContextMenu, type MenuItem, type MenuPlace } from './contextMenu.ts';
import { FilterForm } from './filterForm.ts';
import type { HeaderActions } from './gridHeader.ts';
import { filterItems, sortItems } from './headerMenu.ts';
import type { Announce } from './view.ts';

/** The columns of a grid that is in the page. */
export interface LaidOutGrid {
  readonly layout: ColumnLayout;
  /** @returns whether it could be done: columns that fill the view cannot all stay in it */
  setLayout(layout: ColumnLayout): boolean;
  /** In pixels. */
  widthOf(column: number): number;
  /** The width that what is in view needs, in pixels. */
  fittingWidth(column: number): number;
}

export interface ColumnActionsParts {
  readonly arranging: Arranging;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** The element that menus are put in. */
  readonly host: HTMLElement;
  readonly announce: Announce;
  readonly grid: () => LaidOutGrid | undefined;
}

export class ColumnActions implements HeaderActions {
  readonly #parts: ColumnActionsParts;
  readonly #menu = new ContextMenu();
  readonly #form = new FilterForm();

  constructor(parts: ColumnActionsParts) {
    this.#parts = parts;
  }

  sort(column: number, add: boolean): void {
    const { arranging } = this.#parts;
    arranging.to(cycled(arranging.wanted, column, add));
  }

  move(column: number, to: number): void {
    this.#change((layout) => moving(layout, column, to));
    const shown = shownColumns(this.#layout);
    this.#parts.announce(`${this.#name(column)} is column ${shown.indexOf(column) + 1} of ${shown.length}.`);
  }

  moveBy(column: number, by: -1 | 1): void {
    this.move(column, shownColumns(this.#layout).indexOf(column) + by);
  }

  widen(column: number, by: number): void {
    const width = (this.#parts.grid()?.widthOf(column) ?? 0) + by;
    this.#change((layout) => resizing(layout, column, width));
    this.#parts.announce(`${this.#name(column)}: ${this.#layout.widths.get(column) ?? width} pixels wide.`);
  }

  fit(column: number): void {
    const width = this.#parts.grid()?.fittingWidth(column);
    if (width !== undefined) this.#change((layout) => resizing(layout, column, width));
  }

  menu(column: number, place: MenuPlace, focusBack: () => void): void {
    const { arranging, columns, host } = this.#parts;
    const { wanted } = arranging;
    const now = wanted.filters.find((filter) => filter.column === column);
    const apply = (filter: RowFilter | undefined): void =>
      arranging.to(
        filter === undefined ? unfiltered(arranging.wanted, column) : filteredBy(arranging.wanted, filter),
      );
    const { name = '', type = '' } = columns[column] ?? {};
    const openForm = (): void => this.#form.show({ name, type, column }, now, place, host, apply, focusBack);
    const items = [
      ...sortItems(wanted, column, (arrangement) => arranging.to(arrangement)),
      undefined,
      ...filterItems(now, openForm, () => apply(undefined)),
      undefined,
      ...this.#layoutItems(column, place, focusBack),
    ];
    this.#menu.show(items, place, host, focusBack, `Column ${name}`);
  }

  /** The list of all columns, those that are hidden, too. */
  list(place: MenuPlace, focusBack: () => void): void {
    const { columns, host } = this.#parts;
    const { order, hidden } = this.#layout;
    const items = order.map((column): MenuItem => ({
      label: columns[column]?.name ?? '',
      checked: !hidden.has(column),
      run: () => {
        this.#change((layout) => (hidden.has(column) ? showing(layout, column) : hiding(layout, column)));
        this.list(place, focusBack);
      },
    }));
    this.#menu.show(
      [{ label: 'Reset Columns', run: () => this.#reset() }, undefined, ...items],
      place,
      host,
      focusBack,
      'Columns',
    );
  }

  dispose(): void {
    this.#menu.close();
    this.#form.close();
  }

  get #layout(): ColumnLayout {
    return this.#parts.grid()?.layout ?? plainLayout(this.#parts.columns.length);
  }

  #name(column: number): string {
    return this.#parts.columns[column]?.name ?? '';
  }

  #change(step: (layout: ColumnLayout) => ColumnLayout): void {
    const changed = this.#parts.grid()?.setLayout(step(this.#layout));
    if (changed === false)
      this.#parts.announce('So many columns are wider than the view: fewer can stay in it.');
  }

  #reset(): void {
    this.#change(() => plainLayout(this.#parts.columns.length));
    this.#parts.announce('All columns are shown as at first.');
  }

  #layoutItems(column: number, place: MenuPlace, focusBack: () => void): MenuItem[] {
    const layout = this.#layout;
    const shown = shownColumns(layout);
    const at = shown.indexOf(column);
    return [
      {
        label: 'Hide Column',
        disabled: shown.length < 2,
        run: () => {
          this.#change((before) => hiding(before, column));
          this.#parts.announce(`${this.#name(column)} is hidden. The menu of any column lists it.`);
        },
      },
      { label: 'Columns…', run: () => this.list(place, focusBack) },
      at + 1 === layout.frozen
        ? { label: 'Unfreeze Columns', run: () => this.#change((before) => freezing(before)) }
        : {
            label: 'Freeze up to This Column',
            disabled: shown.length < 2,
            run: () => this.#change((before) => freezing(before, column)),
          },
      { label: 'Move Left', keys: 'Alt+Left', disabled: at <= 0, run: () => this.moveBy(column, -1) },
      {
        label: 'Move Right',
        keys: 'Alt+Right',
        disabled: at === shown.length - 1,
        run: () => this.moveBy(column, 1),
      },
      { label: 'Fit Width', run: () => this.fit(column) },
    ];
  }
}
