/** The state of a script: its statements in a list, and below what became of the one that is selected. */
import type { ScriptDetail } from '../src/shared/resultsProtocol.ts';
import type { ScriptEntry, ScriptNews, ScriptState } from '../src/shared/scriptProtocol.ts';
import { connectionChip } from './answerHeader.ts';
import { button, element } from './dom.ts';
import { errorWords } from './errorWords.ts';
import type { Host } from './host.ts';
import { icon } from './icons.ts';
import { problemView } from './problemView.ts';
import type { ResultCharts } from './resultTabs.ts';
import { RowsView } from './rowsView.ts';
import { ScriptList } from './scriptList.ts';
import { entryOfInterest, scriptSummary } from './scriptWords.ts';
import type { Announce, View } from './view.ts';

/** Whoever runs through the list by the arrow keys does not look at each. */
const settleMs = 120;

export class ScriptView implements View {
  readonly element: HTMLElement;
  readonly scriptId: string;
  readonly #host: Host;
  readonly #nonce: string;
  readonly #announce: Announce;
  readonly #charts: ResultCharts;
  readonly #entries: ScriptEntry[];
  readonly #list: ScriptList;
  readonly #summary = element('span', { class: 'script-summary' });
  readonly #progress = element('div', { class: 'progress', role: 'progressbar', 'aria-label': 'Running' });
  readonly #cancel: HTMLButtonElement;
  readonly #again: HTMLButtonElement;
  readonly #pane = element('section', { class: 'script-detail', 'aria-label': 'Selected statement' });
  #running: boolean;
  /** The user has chosen, and is not led to another statement. */
  #chosen = false;
  #shown: { readonly index: number; readonly status: string } | undefined;
  #asking = new AbortController();
  #settling: number | undefined;
  #detail: View | undefined;

  constructor(state: ScriptState, host: Host, nonce: string, announce: Announce, charts: ResultCharts) {
    this.scriptId = state.scriptId;
    this.#host = host;
    this.#nonce = nonce;
    this.#announce = announce;
    this.#charts = charts;
    this.#entries = [...state.entries];
    this.#running = state.running;
    this.#cancel = button('secondary', 'Cancel', () => host.act('cancel'));
    this.#again = button('secondary', 'Run Again', () => host.scriptAct(state.scriptId, 'run-again'));
    this.#list = new ScriptList({
      entries: this.#entries,
      onSelect: (index) => this.#choose(index),
      onOpen: (index) => host.scriptAct(state.scriptId, 'go-to', index),
    });
    this.element = element(
      'div',
      { class: 'view script-view' },
      this.#progress,
      element(
        'header',
        { class: 'script-head' },
        element('h1', {}, state.name),
        connectionChip(state),
        this.#summary,
        element('div', { class: 'script-buttons' }, this.#cancel, this.#again),
      ),
      this.#list.element,
      this.#pane,
    );
    this.#showProgress();
  }

  /** What is shown of the selected statement. */
  get detail(): View | undefined {
    return this.#detail;
  }

  mounted(): void {
    this.#list.select(0);
    this.#lead();
  }

  update({ running, changes }: ScriptNews): void {
    const ended = this.#running && !running;
    for (const { index, outcome } of changes) {
      const entry = this.#entries[index];
      if (entry !== undefined) this.#entries[index] = { ...entry, outcome };
    }
    this.#running = running;
    this.#list.update(changes.map(({ index }) => index));
    this.#showProgress();
    if (ended) this.#announce(this.#summary.textContent);
    this.#lead();
  }

  dispose(): void {
    window.clearTimeout(this.#settling);
    this.#asking.abort();
    this.#detail?.dispose();
    this.#list.dispose();
  }

  #showProgress(): void {
    this.#summary.textContent = scriptSummary(this.#entries, this.#running);
    this.#progress.hidden = !this.#running;
    this.element.setAttribute('aria-busy', String(this.#running));
    const hadFocus = document.activeElement === this.#cancel;
    this.#cancel.hidden = !this.#running;
    this.#again.hidden = this.#running;
    if (hadFocus && !this.#running) this.#list.element.focus();
  }

  /** Shows the first statement that has ended, and, once all have, the one of interest; what is chosen stays. */
  #lead(): void {
    if (!this.#chosen && !this.#running) {
      const index = entryOfInterest(this.#entries);
      if (index !== this.#list.selected) this.#list.select(index);
    }
    const { selected } = this.#list;
    const status = this.#entries[selected]?.outcome.status ?? '';
    if (this.#shown?.index === selected && this.#shown.status === status) return;
    // The statement that the user runs again tells its end itself.
    if (status !== 'running' || this.#shown === undefined) void this.#ask(selected, false);
  }

  #choose(index: number): void {
    this.#chosen = true;
    window.clearTimeout(this.#settling);
    this.#settling = window.setTimeout(() => void this.#ask(index, false), settleMs);
  }

  /** Asks for a statement's rows; what was asked for before is not wanted any more. */
  async #ask(index: number, again: boolean): Promise<void> {
    this.#asking.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#shown = { index, status: this.#entries[index]?.outcome.status ?? '' };
    if (again) this.#put(index, { note: 'Running…', canRunAgain: false }, () => asking.abort());
    try {
      const detail = await this.#host.scriptDetail(this.scriptId, index, again, asking.signal);
      if (this.#asking !== asking) return;
      if (detail.state !== undefined) this.#shown = { index, status: detail.state.status };
      this.#put(index, detail);
    } catch (error) {
      if (this.#asking !== asking) return;
      if (asking.signal.aborted) await this.#ask(index, false);
      else this.#put(index, { note: errorWords(error), canRunAgain: true });
    }
  }

  #put(index: number, { state, note, canRunAgain }: ScriptDetail, cancel?: () => void): void {
    const again = (): void => void this.#ask(index, true);
    const host: Host = {
      ...this.#host,
      act: (id, value) => {
        if (id === 'run-again' || id === 'ask-again') again();
        else if (id === 'run-as-write') this.#host.scriptAct(this.scriptId, id, index);
        else this.#host.act(id, value);
      },
    };
    const view =
      state?.status === 'rows'
        ? new RowsView(state, host, this.#nonce, this.#announce, this.#charts)
        : state?.status === 'failed'
          ? problemView(state, host, this.#announce)
          : undefined;
    this.#detail?.dispose();
    this.#detail = view;
    const { line = 1 } = this.#entries[index] ?? {};
    const bar = element(
      'div',
      { class: 'script-bar' },
      element('span', { class: 'script-place' }, `Statement ${(index + 1).toLocaleString()}`),
      button('link', `Go to Line ${line.toLocaleString()}`, () =>
        this.#host.scriptAct(this.scriptId, 'go-to', index),
      ),
      note === undefined ? undefined : element('span', { class: 'script-note' }, icon('notice'), note),
      cancel === undefined ? undefined : button('secondary', 'Cancel', cancel),
      note === undefined || !canRunAgain ? undefined : button('secondary', 'Run Statement Again', again),
    );
    this.#pane.replaceChildren(bar, ...(view === undefined ? [] : [view.element]));
    view?.mounted?.();
  }
}
