/** The line below the rows: how many, how long, what is selected, and what went wrong while scrolling. */
import type { RowTotal } from '../src/shared/resultsProtocol.ts';
import { cellCount, type CellRange } from './cellRange.ts';
import { button, element } from './dom.ts';
import { durationWords, rowCountWords } from './numbers.ts';

export class StatusLine {
  readonly element: HTMLElement;
  readonly #rows = element('span', { class: 'row-count' });
  readonly #fault = element('span', { class: 'fault', role: 'alert' });
  readonly #selection = element('span', { class: 'selection' });

  /** @param extra stands before what is selected */
  constructor(total: RowTotal, ms: number, extra?: HTMLElement) {
    const duration = element('span', {
      class: 'duration',
      title: 'From sending the statement to its first rows',
    });
    duration.textContent = durationWords(ms);
    this.element = element(
      'footer',
      { class: 'status' },
      this.#rows,
      duration,
      extra,
      this.#fault,
      this.#selection,
    );
    this.setTotal(total);
  }

  setTotal(total: RowTotal): void {
    this.#rows.textContent = rowCountWords(total);
    this.#rows.title = total.complete ? '' : 'There are more rows.';
  }

  setSelection(range: CellRange | undefined): void {
    const count = range === undefined ? 0 : cellCount(range);
    this.#selection.textContent = count > 1 ? `${count.toLocaleString()} cells selected` : '';
  }

  setFault(message: string | undefined, retry: () => void): void {
    this.#fault.replaceChildren();
    if (message !== undefined) this.#fault.append(message, ' ', button('link', 'Try Again', retry));
  }
}
