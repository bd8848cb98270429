/** The statements of a script as a list of lines of one height: only those in sight are in the page. */
import type { ScriptEntry, ScriptOutcome } from '../src/shared/scriptProtocol.ts';
import { cellPieces } from './cellText.ts';
import { element } from './dom.ts';
import { icon, type IconName } from './icons.ts';
import { outcomeDuration, outcomeWords } from './scriptWords.ts';

/** As `script.css` has it, in CSS pixels. */
const rowHeight = 24;
const rowsBeyondSight = 8;

export interface ScriptListParts {
  readonly entries: readonly ScriptEntry[];
  readonly onSelect: (index: number) => void;
  /** Enter or a double click. */
  readonly onOpen: (index: number) => void;
}

export class ScriptList {
  readonly element: HTMLElement;
  readonly #parts: ScriptListParts;
  readonly #space = element('div', { class: 'script-rows', role: 'presentation' });
  readonly #resized = new ResizeObserver(() => this.#draw());
  #selected = 0;
  #first = 0;
  #drawn: HTMLElement[] = [];

  constructor(parts: ScriptListParts) {
    this.#parts = parts;
    this.element = element(
      'div',
      { class: 'script-list', role: 'listbox', tabindex: '0', 'aria-label': 'Statements' },
      this.#space,
    );
    this.#space.style.height = `${parts.entries.length * rowHeight}px`;
    this.element.style.setProperty('--statements', `${parts.entries.length}`);
    this.element.addEventListener('scroll', () => this.#draw(), { passive: true });
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('click', (event) => this.#click(event, parts.onSelect));
    this.element.addEventListener('dblclick', (event) => this.#click(event, parts.onOpen));
    this.#resized.observe(this.element);
  }

  get selected(): number {
    return this.#selected;
  }

  /** Draws again what has become of statements. */
  update(changed: readonly number[]): void {
    for (const index of changed) {
      const drawn = this.#drawn[index - this.#first];
      if (drawn === undefined) continue;
      const made = this.#row(index);
      drawn.replaceWith(made);
      this.#drawn[index - this.#first] = made;
    }
  }

  /** Selects without telling, and scrolls there. */
  select(index: number): void {
    const before = this.#selected;
    this.#selected = index;
    const top = index * rowHeight;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + rowHeight > scrollTop + clientHeight)
      this.element.scrollTop = top + rowHeight - clientHeight;
    this.#draw();
    // Not drawn anew: the second click of a double click would meet another element.
    for (const each of [before, index])
      this.#drawn[each - this.#first]?.setAttribute('aria-selected', String(each === index));
    this.element.setAttribute('aria-activedescendant', idOf(index));
  }

  dispose(): void {
    this.#resized.disconnect();
  }

  #click(event: Event, tell: (index: number) => void): void {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('.script-row') : null;
    if (row === null) return;
    const index = Number(row.dataset.index);
    this.select(index);
    tell(index);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Enter') this.#parts.onOpen(this.#selected);
    const last = this.#parts.entries.length - 1;
    const page = Math.max(1, Math.floor(this.element.clientHeight / rowHeight) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: -1,
      ArrowDown: 1,
      PageUp: -page,
      PageDown: page,
      Home: -last,
      End: last,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = Math.min(last, Math.max(0, this.#selected + step));
    if (index === this.#selected) return;
    this.select(index);
    this.#parts.onSelect(index);
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.element;
    const count = this.#parts.entries.length;
    const first = Math.max(0, Math.floor(scrollTop / rowHeight) - rowsBeyondSight);
    const end = Math.min(count, Math.ceil((scrollTop + clientHeight) / rowHeight) + rowsBeyondSight);
    if (first === this.#first && this.#drawn.length === end - first) return;
    this.#first = first;
    this.#drawn = Array.from({ length: end - first }, (_, place) => this.#row(first + place));
    this.#space.replaceChildren(...this.#drawn);
  }

  #row(index: number): HTMLElement {
    const entry = this.#parts.entries[index];
    if (entry === undefined) return element('div');
    const { outcome, words, line } = entry;
    const said = outcome.status === 'rows' ? outcome.messages : 0;
    const row = element(
      'div',
      {
        class: `script-row is-${outcome.status}`,
        id: idOf(index),
        role: 'option',
        'aria-selected': String(index === this.#selected),
        'aria-posinset': String(index + 1),
        'aria-setsize': String(this.#parts.entries.length),
        'data-index': String(index),
        title: `Line ${line.toLocaleString()}`,
      },
      element('span', { class: 'script-number' }, (index + 1).toLocaleString()),
      icon(outcomeIcon(outcome)),
      element('span', { class: 'script-words' }, ...piecesOf(words)),
      said === 0 ? undefined : element('span', { class: 'script-said' }, messageWords(said)),
      element('span', { class: 'script-outcome' }, outcomeWords(outcome)),
      element('span', { class: 'script-duration' }, outcomeDuration(outcome)),
    );
    row.style.top = `${index * rowHeight}px`;
    return row;
  }
}

function idOf(index: number): string {
  return `script-entry-${index}`;
}

function messageWords(count: number): string {
  return count === 1 ? '1 message' : `${count.toLocaleString()} messages`;
}

function piecesOf(words: string): (Node | string)[] {
  return cellPieces(words).map(({ text, mark }) => (mark ? element('span', { class: 'mark' }, text) : text));
}

function outcomeIcon({ status }: ScriptOutcome): IconName {
  switch (status) {
    case 'rows':
      return 'done';
    case 'failed':
      return 'error';
    case 'cancelled':
      return 'cancelled';
    case 'skipped':
    case 'not-run':
      return 'skipped';
    case 'running':
    case 'waiting':
      return 'waiting';
  }
}
