/** What keys, double clicks and the context menu do with the grid's cells: copy them, open one whole. */
import { SlickEventHandler } from 'slickgrid';
import type { SampleColumn } from '../src/shared/changesProtocol.ts';
import type { CellSelection } from '../src/shared/cellSelection.ts';
import type { CopyFormat } from '../src/shared/resultsProtocol.ts';
import { cellMenu } from './cellMenu.ts';
import { longestCell } from './cellText.ts';
import { ContextMenu, type MenuPlace } from './contextMenu.ts';
import type { ResultSlickGrid } from './grid.ts';
import { clipboardText } from './gridCopy.ts';
import type { GridSelection } from './gridSelection.ts';
import { isInspectKey, type CellInFocus, type CellInspector } from './inspector/cellInspector.ts';
import type { RowPages } from './rowPages.ts';
import { joinedSelection } from './selectedCells.ts';
import type { Announce } from './view.ts';

/** What is done by the host, where the grid shows the rows of a result. */
export interface CellCommands {
  copy(selection: CellSelection, format: CopyFormat, header: boolean): void;
  open(row: number, column: number, unchanged: boolean): void;
  exportAll(): void;
  /** Shows the active cell whole, beside the grid. */
  readonly inspector: CellInspector;
  /** Says why something is not done. */
  refuse(words: string): void;
}

export interface GridCellsParts {
  readonly grid: ResultSlickGrid;
  readonly container: HTMLElement;
  readonly selection: GridSelection;
  readonly columns: readonly SampleColumn[];
  readonly pages: RowPages;
  /** Without them all rows are in the page, and are copied from there. */
  readonly commands: CellCommands | undefined;
  readonly announce: Announce;
}

export class GridCells {
  readonly #parts: GridCellsParts;
  readonly #menu = new ContextMenu();
  readonly #handler = new SlickEventHandler();
  readonly #lifetime = new AbortController();

  constructor(parts: GridCellsParts) {
    this.#parts = parts;
    const { signal } = this.#lifetime;
    document.addEventListener('copy', (event) => this.#copied(event), { signal });
    if (parts.commands === undefined) return;
    parts.container.addEventListener('contextmenu', (event) => this.#contextMenu(event), { signal });
    this.#handler
      .subscribe(parts.grid.onDblClick, () => this.#openIfLong())
      .subscribe(parts.grid.onActiveCellChanged, () => parts.commands?.inspector.follow(this.#active));
  }

  /** What is selected, by places in the row; undefined when nothing is, or ranges that make no table together. */
  get selected(): CellSelection | undefined {
    return joinedSelection(this.#parts.selection.selections);
  }

  /** Takes a key press that is about a cell. @returns whether it was */
  key(event: KeyboardEvent): boolean {
    if (this.#parts.commands !== undefined && isInspectKey(event)) {
      this.#inspect();
      return true;
    }
    if (this.#parts.commands === undefined || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === 'Enter' && !event.shiftKey) {
      this.#openIfLong();
      return true;
    }
    if (event.key !== 'ContextMenu' && !(event.key === 'F10' && event.shiftKey)) return false;
    const box = this.#parts.grid.getActiveCellNode()?.getBoundingClientRect();
    if (box === undefined) return false;
    this.#showMenu({ x: box.left + 12, y: box.bottom });
    return true;
  }

  dispose(): void {
    this.#menu.close();
    this.#handler.unsubscribeAll();
    this.#lifetime.abort();
  }

  get #active(): CellInFocus | undefined {
    const { grid, columns, pages } = this.#parts;
    const place = grid.getActiveCell();
    const column = place === null ? undefined : grid.getColumns()[place.cell]?.index;
    if (place === null || column === undefined) return undefined;
    const value = pages.row(place.row)?.[column];
    const { name = '', type = '' } = columns[column] ?? {};
    return { row: place.row, column, name, type, value };
  }

  // VS Code on the desktop takes Ctrl+C itself and sends the page a copy event; so does the browser.
  #copied(event: ClipboardEvent): void {
    const { container, commands, pages, announce } = this.#parts;
    if (this.#parts.selection.selections.length === 0 || !container.contains(document.activeElement)) return;
    event.preventDefault();
    const { selected } = this;
    if (selected === undefined) {
      this.#refuseRanges();
      return;
    }
    if (commands !== undefined) {
      commands.copy(selected, 'tsv', false);
      return;
    }
    const { columns } = selected;
    const rows = [selected, ...(selected.further ?? [])].flatMap(({ top, bottom }) =>
      Array.from({ length: bottom - top + 1 }, (_, index) => pages.row(top + index) ?? []),
    );
    event.clipboardData?.setData('text/plain', clipboardText(rows, columns));
    const count = rows.length * columns.length;
    announce(count === 1 ? 'Copied 1 cell.' : `Copied ${count.toLocaleString()} cells.`);
  }

  #refuseRanges(): void {
    const words = 'Not copied: these ranges have different columns. Select ranges of the same columns.';
    this.#parts.commands?.refuse(words);
    this.#parts.announce(words);
  }

  #inspect(): void {
    this.#parts.commands?.inspector.toggle(this.#active, () => this.#focusBack());
  }

  #focusBack(): void {
    (this.#parts.grid.getActiveCellNode() ?? this.#parts.container).focus();
  }

  /** What can be read in the grid need not be opened by a double click that slipped. */
  #openIfLong(): void {
    const cell = this.#active;
    if (typeof cell?.value !== 'string') return;
    const isLong = cell.value.length > longestCell || /[\r\n]/.test(cell.value);
    if (isLong || /^(json|jsonb|xml)$/.test(cell.type)) this.#open(false);
    else this.#parts.announce('The whole cell is shown. Its menu opens it in an editor.');
  }

  #open(unchanged: boolean): void {
    const cell = this.#active;
    if (cell !== undefined) this.#parts.commands?.open(cell.row, cell.column, unchanged);
  }

  #contextMenu(event: MouseEvent): void {
    const { grid, selection } = this.#parts;
    const target = event.target instanceof Element ? event.target.closest('.slick-cell') : null;
    if (target === null) return;
    event.preventDefault();
    const place = grid.getCellFromEvent(event);
    if (place === null) return;
    if (!selection.includes(place)) {
      grid.setActiveCell(place.row, Math.max(1, place.cell));
      if (place.cell === 0) selection.selectRow(place.row);
    }
    this.#showMenu({ x: event.clientX, y: event.clientY });
  }

  #showMenu(place: MenuPlace): void {
    const { commands, container, selection } = this.#parts;
    if (commands === undefined) return;
    const { value, type } = this.#active ?? { value: undefined, type: '' };
    const items = cellMenu(
      { value, type },
      {
        open: (unchanged) => this.#open(unchanged),
        copy: (format, header) => {
          if (this.selected === undefined) this.#refuseRanges();
          else commands.copy(this.selected, format, header);
        },
        inspect: () => this.#inspect(),
        selectAll: () => selection.selectAll(),
        exportAll: () => commands.exportAll(),
      },
    );
    const focusBack = (): void => this.#focusBack();
    this.#menu.show(items, place, container.parentElement ?? container, focusBack);
  }
}
