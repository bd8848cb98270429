/** The state of work: what is being done in words, the SQL as it comes, and a way to stop. */
import type { ResultsState } from '../src/shared/resultsProtocol.ts';
import { button, element } from './dom.ts';
import type { Host } from './host.ts';
import { sqlBlock } from './sqlText.ts';
import type { Announce, View } from './view.ts';

type WorkingState = Extract<ResultsState, { status: 'working' }>;

export class WorkingView implements View {
  readonly element: HTMLElement;
  readonly #announce: Announce;
  readonly #question = element('h1', {});
  readonly #step = element('span', { class: 'step' });
  readonly #sql = element('div', { class: 'sql-stream' });
  #state: WorkingState | undefined;

  constructor(state: WorkingState, host: Host, announce: Announce) {
    this.#announce = announce;
    this.element = element(
      'div',
      { class: 'view working-view', 'aria-busy': 'true' },
      element('div', { class: 'progress', role: 'progressbar', 'aria-label': 'Working' }),
      element('header', { class: 'answer' }, this.#question),
      element(
        'div',
        { class: 'working-line' },
        this.#step,
        button('secondary', 'Cancel', () => host.act('cancel')),
      ),
      this.#sql,
    );
    this.update(state);
  }

  /** Shows the next step in place, so that the focus stays on *Cancel*. */
  update(state: WorkingState): void {
    const before = this.#state;
    this.#state = state;
    this.#question.textContent = state.question ?? '';
    this.#question.hidden = state.question === undefined;
    if (before?.step !== state.step) {
      this.#step.textContent = state.step;
      this.#announce(state.step);
    }
    if (before?.sql === state.sql) return;
    this.#sql.replaceChildren(...(state.sql === undefined ? [] : [sqlBlock(state.sql)]));
    this.#sql.scrollTop = this.#sql.scrollHeight;
  }

  dispose(): void {
    // It holds nothing but its elements.
  }
}
