/** The line below the rows: how many, how long, what is selected, and what went wrong while scrolling. */
import type { RowTotal } from '../src/shared/resultsProtocol.ts';
import { button, element } from './dom.ts';
import { durationWords, rowCountWords } from './numbers.ts';

export class StatusLine {
  readonly element: HTMLElement;
  readonly #rows = element('span', { class: 'row-count' });
  readonly #more = button('link', 'Load more', () => this.#onMore?.());
  readonly #busy = element('span', { class: 'busy' });
  readonly #fault = element('span', { class: 'fault', role: 'alert' });
  #onMore: (() => void) | undefined;

  /**
   * @param selection says what is selected
   * @param extra stands before it
   */
  constructor(total: RowTotal, ms: number, selection: HTMLElement, extra?: HTMLElement) {
    const duration = element('span', {
      class: 'duration',
      title: 'From sending the statement to its first rows',
    });
    duration.textContent = durationWords(ms);
    this.element = element(
      'footer',
      { class: 'status' },
      this.#rows,
      this.#more,
      duration,
      extra,
      this.#busy,
      this.#fault,
      selection,
    );
    this.setTotal(total);
  }

  setTotal(total: RowTotal): void {
    this.#rows.textContent = rowCountWords(total);
    this.#rows.title = total.complete ? '' : 'There are more rows.';
    this.#more.hidden = total.atCap !== true;
  }

  /** What loads rows beyond the cap. */
  onMore(load: () => void): void {
    this.#onMore = load;
  }

  /** What is under way, and what stops it; undefined when nothing is. */
  setBusy(words: string | undefined, cancel: () => void = () => undefined): void {
    this.#more.disabled = words !== undefined;
    this.#busy.replaceChildren();
    if (words !== undefined) this.#busy.append(words, ' ', button('link', 'Cancel', cancel));
  }

  /** What went wrong, and what can be pressed against it. */
  setFault(message: string | undefined, label?: string, press?: () => void): void {
    this.#fault.replaceChildren();
    if (message === undefined) return;
    this.#fault.append(message);
    if (label !== undefined && press !== undefined) this.#fault.append(' ', button('link', label, press));
  }
}
