/** What the rows say, in one quiet line above them that opens to more. */
import type { Insight } from '../src/shared/insightProtocol.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';
import type { Announce } from './view.ts';

export class InsightView {
  readonly element = element('section', { class: 'insight', 'aria-label': 'Insight' });
  readonly #announce: Announce;
  #isOpen = false;

  /** @param insight undefined while it is worked out: its line is kept free, so that the rows do not move (not in a script, where none comes) */
  constructor(insight: Insight | undefined, announce: Announce) {
    this.#announce = announce;
    if (insight !== undefined) this.#show(insight);
  }

  set(insight: Insight): void {
    const isFirst = this.element.childElementCount === 0;
    const focused = this.element.contains(document.activeElement);
    this.#show(insight);
    if (focused) this.element.querySelector<HTMLElement>('button, summary')?.focus();
    if (isFirst) this.#announce(insight.sentences.join(' '));
  }

  #show({ sentences, chartWords }: Insight): void {
    const line = sentences.join(' ');
    const summary = element('summary', {}, icon('insight'), element('span', { class: 'insight-line' }, line));
    const details = element(
      'details',
      this.#isOpen ? { open: '' } : {},
      summary,
      element(
        'ul',
        { class: 'insight-list' },
        ...sentences.map((sentence) => element('li', {}, sentence)),
        chartWords === undefined
          ? undefined
          : element('li', { class: 'insight-chart' }, `Would show well as ${chartWords}.`),
      ),
    );
    details.addEventListener('toggle', () => (this.#isOpen = details.open));
    this.element.replaceChildren(details);
  }
}
