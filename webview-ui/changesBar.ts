/** The bar above changes: what they come to, what became of them, and, while that is open, Commit and Roll Back. */
import type { Changes, OutcomeNews } from '../src/shared/changesProtocol.ts';
import { changesWords, outcomeWords } from './changesWords.ts';
import { button, element } from './dom.ts';
import type { Host } from './host.ts';
import { icon, type IconName } from './icons.ts';

const icons: Readonly<Record<Changes['outcome'], IconName>> = {
  pending: 'pending',
  committed: 'committed',
  'rolled-back': 'rolledBack',
  unknown: 'failed',
};

export class ChangesBar {
  readonly element = element('section', { 'aria-label': 'Changes' });
  readonly #changes: Changes;
  readonly #host: Host;

  constructor(changes: Changes, host: Host) {
    this.#changes = changes;
    this.#host = host;
    this.setOutcome(changes);
  }

  /** Shows what became of the changes. @returns the same in a sentence */
  setOutcome({ outcome, note }: Omit<OutcomeNews, 'changesId'>): string {
    const changes = { ...this.#changes, outcome };
    const end = outcomeWords(changes);
    this.element.className = `changes-bar ${outcome}`;
    this.element.replaceChildren(
      icon(icons[outcome]),
      element(
        'div',
        { class: 'changes-text' },
        element('p', { class: 'what' }, `${changesWords(changes)} — `, element('em', {}, end)),
        note === undefined ? undefined : element('p', { class: 'next' }, note),
      ),
    );
    if (outcome === 'pending') this.element.append(this.#buttons());
    return `${changesWords(changes)}: ${end}. ${note ?? ''}`.trim();
  }

  #buttons(): HTMLElement {
    const { connectionId, inTransaction } = this.#changes;
    const what = inTransaction ? ' Transaction' : '';
    const press = (id: 'commit' | 'roll-back') => (): void => {
      for (const each of made) each.disabled = true; // what comes of it, the host tells
      this.#host.act(id, connectionId);
    };
    const made = [
      button('primary', `Commit${what}`, press('commit')),
      button('secondary', `Roll Back${what}`, press('roll-back')),
    ];
    return element('div', { class: 'changes-actions' }, ...made);
  }
}
