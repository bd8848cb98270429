/** Shows one state after another, and says each to screen readers. */
import type { CellSelection } from '../src/shared/cellSelection.ts';
import type { AnswerHeader, ResultsState, RowTotal } from '../src/shared/resultsProtocol.ts';
import type { Insight } from '../src/shared/insightProtocol.ts';
import type { ServerMessages } from '../src/shared/serverMessages.ts';
import type { ScriptNews } from '../src/shared/scriptProtocol.ts';
import type { OutcomeNews } from '../src/shared/changesProtocol.ts';
import type { ChartLoader } from './chartLoader.ts';
import { ChangesView } from './changesView.ts';
import { costlyView } from './costlyView.ts';
import { ColumnLayouts } from './columnLayouts.ts';
import { element } from './dom.ts';
import { emptyView } from './emptyView.ts';
import type { Host } from './host.ts';
import { planView } from './planView.ts';
import { problemView } from './problemView.ts';
import { questionBackView } from './questionBackView.ts';
import { ResultCharts } from './resultTabs.ts';
import { RowsView } from './rowsView.ts';
import { ScriptView } from './scriptView.ts';
import type { View } from './view.ts';
import { WorkingView } from './workingView.ts';

export class ResultsApp {
  readonly #host: Host;
  readonly #nonce: string;
  readonly #charts: ResultCharts;
  readonly #stage = element('div', { class: 'stage' });
  readonly #live = element('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  readonly #layouts = new ColumnLayouts();
  #view: View | undefined;

  constructor(root: HTMLElement, host: Host, nonce: string, charts: ChartLoader) {
    this.#charts = new ResultCharts(charts);
    this.#host = host;
    this.#nonce = nonce;
    root.replaceChildren(this.#stage, this.#live);
  }

  show(state: ResultsState): void {
    if (state.status === 'working' && this.#view instanceof WorkingView) {
      this.#view.update(state);
      return;
    }
    this.#view?.dispose();
    const view = this.#viewOf(state);
    this.#view = view;
    this.#stage.replaceChildren(view.element);
    view.mounted?.();
  }

  /** What is selected, and in which result. */
  get selection(): { resultId: string; selection: CellSelection } | null {
    if (!(this.#view instanceof RowsView)) return null;
    const { resultId, selected } = this.#view;
    return selected === undefined ? null : { resultId, selection: selected };
  }

  setTotal(resultId: string, total: RowTotal): void {
    this.#rowsView(resultId)?.setTotal(total);
  }

  setHeader(resultId: string, header: AnswerHeader): void {
    this.#rowsView(resultId)?.setHeader(header);
  }

  setInsight(resultId: string, insight: Insight): void {
    this.#rowsView(resultId)?.setInsight(insight);
  }

  setMessages(resultId: string, messages: ServerMessages): void {
    this.#rowsView(resultId)?.setMessages(messages);
  }

  setOutcome(news: OutcomeNews): void {
    if (this.#view instanceof ChangesView && this.#view.changesId === news.changesId)
      this.#view.setOutcome(news);
  }

  setScript(news: ScriptNews): void {
    if (this.#view instanceof ScriptView && this.#view.scriptId === news.scriptId) this.#view.update(news);
  }

  /** The view of these rows: the whole page, or the statement of a script that is selected. */
  #rowsView(resultId: string): RowsView | undefined {
    const view = this.#view instanceof ScriptView ? this.#view.detail : this.#view;
    return view instanceof RowsView && view.resultId === resultId ? view : undefined;
  }

  #viewOf(state: ResultsState): View {
    const announce = (sentence: string): void => void (this.#live.textContent = sentence);
    switch (state.status) {
      case 'empty':
        return emptyView(this.#host);
      case 'working':
        return new WorkingView(state, this.#host, announce);
      case 'rows':
        return new RowsView(state, this.#host, this.#nonce, announce, this.#charts, this.#layouts);
      case 'question-back':
        return questionBackView(state, this.#host, announce);
      case 'costly':
        return costlyView(state, this.#host, announce);
      case 'changes':
        return new ChangesView(state, this.#host, this.#nonce, announce);
      case 'plan':
        return planView(state, this.#host, announce);
      case 'script':
        return new ScriptView(state, this.#host, this.#nonce, announce, this.#charts);
      case 'failed':
        return problemView(state, this.#host, announce, (candidate) =>
          this.#host.act('choose-candidate', candidate),
        );
    }
  }
}
