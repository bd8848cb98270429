/** What stands in the status line of the selected cells: their figures, asked of the host a moment after the selection has changed. */
import type { CellSelection } from '../src/shared/cellSelection.ts';
import type { SelectionFigures } from '../src/shared/cellsProtocol.ts';
import { button, element } from './dom.ts';
import { errorWords } from './errorWords.ts';
import { figureWords, leftOutWords } from './figureWords.ts';
import { cellCountOf, selectionWords } from './selectedCells.ts';
import type { Announce } from './view.ts';

/** While a selection grows by dragging or a held key, nothing is asked. */
const settleMs = 150;
/** What takes less is over before it is read. */
const busyAfterMs = 250;
/** More are added up only when it is asked for: a few seconds of reading for the server. */
export const mostCellsAtOnce = 2_000_000;

export interface SelectionFiguresParts {
  /** Names of the columns, by their places in the row. */
  readonly names: readonly string[];
  figures(selections: CellSelection[], signal: AbortSignal): Promise<SelectionFigures>;
  copy(label: string, text: string): void;
  readonly announce: Announce;
}

export class SelectionFiguresView {
  readonly element = element('span', { class: 'selection' });
  readonly #parts: SelectionFiguresParts;
  #running = new AbortController();
  #settling: number | undefined;

  constructor(parts: SelectionFiguresParts) {
    this.#parts = parts;
  }

  set(selections: CellSelection[]): void {
    window.clearTimeout(this.#settling);
    this.#running.abort();
    const count = cellCountOf(selections);
    this.element.replaceChildren(count > 1 ? `${count.toLocaleString()} cells selected` : '');
    if (count <= 1) return;
    this.#settling = window.setTimeout(() => {
      this.#parts.announce(selectionWords(selections, this.#parts.names));
      if (count <= mostCellsAtOnce) void this.#ask(selections);
      else this.#offer(selections);
    }, settleMs);
  }

  dispose(): void {
    window.clearTimeout(this.#settling);
    this.#running.abort();
  }

  #offer(selections: CellSelection[]): void {
    const press = button('link', 'Add up', () => void this.#ask(selections));
    press.title = `More than ${mostCellsAtOnce.toLocaleString()} cells: it may take a while, and can be cancelled.`;
    this.element.append(press);
  }

  async #ask(selections: CellSelection[]): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    const busy = element('span', { class: 'busy' });
    const words = `${cellCountOf(selections).toLocaleString()} cells selected`;
    this.element.replaceChildren(words, busy);
    const shown = window.setTimeout(() => {
      busy.append(
        'Adding up… ',
        button('link', 'Cancel', () => running.abort()),
      );
    }, busyAfterMs);
    try {
      const figures = await this.#parts.figures(selections, running.signal);
      if (!running.signal.aborted) this.#show(words, figures);
    } catch (error) {
      if (this.#running !== running) return;
      busy.replaceChildren();
      if (!running.signal.aborted) busy.append(errorWords(error));
      else if (this.element.contains(busy)) this.#offer(selections);
    } finally {
      window.clearTimeout(shown);
    }
  }

  #show(words: string, figures: SelectionFigures): void {
    const all = figureWords(figures);
    const leftOut = leftOutWords(figures);
    const shown = all.map(({ label, shown: value, exact }) => {
      const made = button('link', '', () => this.#parts.copy(label, exact));
      made.classList.add('figure');
      made.title = `${exact.slice(0, 500)}\n\nPress to copy.`;
      made.append(element('span', { class: 'figure-label' }, label), ' ', element('bdi', {}, value));
      return made;
    });
    if (figures.ordered === 'texts')
      for (const each of shown.slice(-2)) each.title += '\nIn the order of character codes.';
    const note = leftOut === '' ? undefined : element('span', { class: 'left-out' }, leftOut);
    this.element.replaceChildren(words, ...shown, ...(note === undefined ? [] : [note]));
    const sentence = all.map(({ label, shown: value }) => `${label} ${value}`).join(', ');
    this.#parts.announce(`${words}: ${sentence}.${leftOut === '' ? '' : ` ${leftOut}.`}`);
  }
}
