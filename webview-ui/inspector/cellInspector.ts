/** The panel beside the grid that shows the active cell's value whole, and follows it. */
import type { InspectedCell } from '../../src/shared/cellsProtocol.ts';
import { plainLine } from '../cellText.ts';
import { button, element } from '../dom.ts';
import { errorWords } from '../errorWords.ts';
import { shownValue, type ShownValue } from './inspectedValue.ts';

/** The cell that is looked into. */
export interface CellInFocus {
  readonly row: number;
  /** Place in the row. */
  readonly column: number;
  readonly name: string;
  readonly type: string;
  /** As the page has it; undefined while its row is not here. */
  readonly value: string | null | undefined;
}

export interface InspectorParts {
  read(row: number, column: number, signal: AbortSignal): Promise<InspectedCell>;
  copy(what: string, text: string): void;
  open(row: number, column: number): void;
}

/** While the active cell moves on by a held key, nothing is asked. */
const settleMs = 80;
/** A page never shortens a cell of this length. */
const certainlyWhole = 1000;

export class CellInspector {
  readonly element: HTMLElement;
  readonly #parts: InspectorParts;
  readonly #title = element('h2', {});
  readonly #words = element('p', { class: 'inspector-words' });
  readonly #body = element('div', { class: 'inspector-body' });
  readonly #copyPath: HTMLButtonElement;
  readonly #open: HTMLButtonElement;
  #cell: CellInFocus | undefined;
  #text: string | null = null;
  #shown: ShownValue | undefined;
  #reading = new AbortController();
  #settling: number | undefined;
  #back: (() => void) | undefined;

  constructor(parts: InspectorParts) {
    this.#parts = parts;
    const close = button('link', 'Close', () => this.#close());
    close.title = 'Close (Escape)';
    const copyValue = button('link', 'Copy Value', () => this.#copy());
    this.#copyPath = button('link', 'Copy Path', () => {
      const path = this.#shown?.tree?.active?.path;
      if (path !== undefined) this.#parts.copy('the path', path);
    });
    this.#copyPath.title = 'Where the value stands, as jsonpath or as a subscript';
    this.#open = button('link', 'Open in Editor', () => {
      if (this.#cell !== undefined) this.#parts.open(this.#cell.row, this.#cell.column);
    });
    this.element = element(
      'aside',
      { class: 'inspector', 'aria-label': 'Cell' },
      element('header', {}, this.#title, close),
      this.#words,
      element('div', { class: 'inspector-actions' }, copyValue, this.#copyPath, this.#open),
      this.#body,
    );
    this.element.hidden = true;
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' && !isInspectKey(event)) return;
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    });
    this.element.addEventListener('copy', (event) => {
      if (document.getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      this.#copy();
    });
  }

  /** Opens it, or closes it. @param back gives the focus back to the cell */
  toggle(cell: CellInFocus | undefined, back: () => void): void {
    this.#back = back;
    if (!this.element.hidden) {
      this.#close();
      return;
    }
    this.element.hidden = false;
    this.follow(cell);
  }

  /** The active cell is another one. */
  follow(cell: CellInFocus | undefined): void {
    if (this.element.hidden) return;
    window.clearTimeout(this.#settling);
    this.#settling = window.setTimeout(() => void this.#show(cell), settleMs);
  }

  dispose(): void {
    window.clearTimeout(this.#settling);
    this.#reading.abort();
    this.#shown?.dispose?.();
  }

  #close(): void {
    this.dispose();
    this.element.hidden = true;
    this.#back?.();
  }

  #copy(): void {
    const node = this.#shown?.tree?.active;
    const text =
      node === undefined || !this.#body.contains(document.activeElement) ? this.#text : node.value();
    if (text !== null) this.#parts.copy('the value', text);
  }

  async #show(cell: CellInFocus | undefined): Promise<void> {
    this.dispose();
    const reading = new AbortController();
    this.#reading = reading;
    this.#cell = cell;
    this.#shown = undefined;
    this.#text = null;
    const row = cell === undefined ? 'No cell' : `, row ${(cell.row + 1).toLocaleString()}`;
    this.#title.replaceChildren(element('bdi', {}, plainLine(cell?.name ?? '')), row);
    this.#words.replaceChildren(cell === undefined ? 'Choose a cell in the grid.' : 'Reading…');
    this.#open.disabled = cell === undefined;
    this.#copyPath.hidden = true;
    this.#body.replaceChildren();
    if (cell === undefined) return;
    try {
      const isHere = cell.value === null || (cell.value?.length ?? Infinity) <= certainlyWhole;
      const found = isHere
        ? { text: cell.value ?? null, cut: false }
        : await this.#parts.read(cell.row, cell.column, reading.signal);
      if (!reading.signal.aborted) this.#fill(cell, found);
    } catch (error) {
      if (reading.signal.aborted) return;
      this.#words.replaceChildren(errorWords(error));
    }
  }

  #fill({ name, type }: CellInFocus, { text, cut }: InspectedCell): void {
    this.#text = text;
    const shown = shownValue(text, type, name, cut);
    this.#shown = shown;
    this.#copyPath.hidden = shown.tree === undefined;
    const more = cut ? ' – the first 5 MB; open it in an editor to see it whole' : '';
    this.#words.replaceChildren(`${type} · ${shown.words}${more}`);
    this.#body.replaceChildren(shown.body);
  }
}

/** Ctrl+I, as *information*. */
export function isInspectKey(event: KeyboardEvent): boolean {
  return (
    (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'i'
  );
}
