/** The chips above the grid: how the rows are sorted and filtered, by whom, and what takes each away again. */
import type { Arrangement } from '../src/shared/arrangement.ts';
import type { Arranged } from '../src/shared/resultsProtocol.ts';
import { doneWords, filterWords, sortWords, type ColumnNames } from './arrangementWords.ts';
import { plain, unfiltered, unsorted } from './arrangementSteps.ts';
import { button, element } from './dom.ts';
import { icon } from './icons.ts';
import { durationWords } from './numbers.ts';

const explanations = {
  database:
    'The statement ran again, wrapped in one that sorts and filters. Rows may have changed since it was answered.',
  here: 'All rows were here already, so no second query ran.',
} as const;

export class ArrangementBar {
  readonly element = element('div', {
    class: 'arrangement',
    role: 'group',
    'aria-label': 'Sort and filters',
    hidden: '',
  });
  readonly #columns: ColumnNames;
  readonly #onChange: (arrangement: Arrangement) => void;

  /** @param onChange told what the rows are to be after a chip was taken away */
  constructor(columns: ColumnNames, onChange: (arrangement: Arrangement) => void) {
    this.#columns = columns;
    this.#onChange = onChange;
  }

  /** @param ms how long it took */
  show(arranged: Arranged | undefined, ms: number): void {
    this.element.hidden = arranged === undefined;
    this.element.replaceChildren(...(arranged === undefined ? [] : this.#parts(arranged, ms)));
  }

  #parts({ arrangement, by }: Arranged, ms: number): Node[] {
    const { sort, filters } = arrangement;
    const lead = element('span', { class: 'arrangement-by', title: explanations[by] });
    lead.append(`${doneWords(arrangement, by)} in ${durationWords(ms)}:`);
    const chips = [
      ...sort.map((key) =>
        this.#chip(sortWords(key, this.#columns), () => unsorted(arrangement, key.column)),
      ),
      ...filters.map((filter) =>
        this.#chip(filterWords(filter, this.#columns), () => unfiltered(arrangement, filter.column)),
      ),
    ];
    const clear = button('link', 'Clear All', () => this.#onChange(plain));
    return [lead, element('ul', {}, ...chips), ...(chips.length > 1 ? [clear] : [])];
  }

  #chip(words: string, without: () => Arrangement): HTMLElement {
    const remove = element('button', {
      type: 'button',
      class: 'chip-remove',
      'aria-label': `Remove ${words}`,
    });
    remove.append(icon('error'));
    remove.addEventListener('click', () => this.#onChange(without()));
    return element('li', { class: 'chip' }, element('span', {}, words), remove);
  }
}
