/** The state of success: header, grid, status line. */
import type { CellSelection } from '../src/shared/cellSelection.ts';
import type { AnswerHeader, ArrangedRows, ResultsState, RowTotal } from '../src/shared/resultsProtocol.ts';
import type { Insight } from '../src/shared/insightProtocol.ts';
import type { ServerMessages } from '../src/shared/serverMessages.ts';
import { answerHeading, mayVerify, sqlSection } from './answerHeader.ts';
import { Arranging } from './arranging.ts';
import { ColumnActions } from './columnActions.ts';
import type { ColumnLayout } from './columnLayout.ts';
import type { ColumnLayouts } from './columnLayouts.ts';
import { element } from './dom.ts';
import { errorWords } from './errorWords.ts';
import { ResultGrid } from './grid.ts';
import type { Host } from './host.ts';
import { InsightView } from './insightView.ts';
import { MessagesView, messageCountWords } from './messagesView.ts';
import { durationWords, rowCountWords } from './numbers.ts';
import { ResultTabs, type ResultCharts } from './resultTabs.ts';
import { RowCommands } from './rowCommands.ts';
import { RowPages } from './rowPages.ts';
import { SelectionFiguresView } from './selectionFigures.ts';
import { StatusLine } from './statusLine.ts';
import type { Announce, View } from './view.ts';
import { wordsBox } from './wordsBox.ts';

type RowsState = Extract<ResultsState, { status: 'rows' }>;

export class RowsView implements View {
  readonly element: HTMLElement;
  readonly resultId: string;
  readonly #pages: RowPages;
  readonly #grid: ResultGrid | undefined;
  readonly #host: Host;
  #top: HTMLElement;
  readonly #messages: MessagesView;
  readonly #commands: RowCommands;
  readonly #figures: SelectionFiguresView;
  readonly #insight: InsightView;
  readonly #tabs: ResultTabs | undefined;
  readonly #arranging: Arranging;
  readonly #columns: ColumnActions;
  readonly #noRows = element('p', { class: 'no-rows', hidden: '' });

  constructor(
    state: RowsState,
    host: Host,
    nonce: string,
    announce: Announce,
    charts: ResultCharts,
    layouts?: ColumnLayouts,
  ) {
    const { header, columns, firstRows, total, ms, messages, arranged } = state;
    this.resultId = state.resultId;
    this.#host = host;
    this.#top = topOf(header, host);
    this.#insight = new InsightView(state.insight, announce);
    this.#messages = new MessagesView(messages);
    this.#figures = new SelectionFiguresView({
      names: columns.map(({ name }) => name),
      figures: (selections, signal) => host.figures(state.resultId, selections, signal),
      copy: (label, text) => this.#commands.copyText(label, text),
      announce,
    });
    const status = new StatusLine(total, ms, this.#figures.element, this.#messages.toggle);
    this.#commands = new RowCommands(state.resultId, host, status, announce);
    status.onMore(() => this.#commands.more());
    const { resultId } = state;
    const body = element('section', { class: 'rows', 'aria-label': 'Rows' });
    if (columns.length > 0) this.#tabs = new ResultTabs(body, { resultId, columns, host, announce, charts });
    const onRows = ({ firstRows: rows, total: known }: ArrangedRows): void => {
      this.#pages.replace(rows, known);
      this.#grid?.restart(rows);
      this.#tellNoRows(known);
    };
    const commands = this.#commands;
    this.#arranging = new Arranging({ resultId, columns, host, commands, announce, onRows }, arranged, ms);
    this.#columns = new ColumnActions({
      arranging: this.#arranging,
      columns,
      host: body,
      announce,
      grid: () => this.#grid,
    });
    this.element = element(
      'div',
      { class: 'view rows-view' },
      this.#top,
      columns.length === 0 ? undefined : this.#insight.element,
      this.#arranging.bar.element,
      this.#tabs?.list,
      body,
      this.#tabs?.panel,
      this.#messages.list,
      header.question === undefined ? undefined : followUpBox(host),
      status.element,
    );
    const retry = (): void => {
      this.#pages.retry();
      this.#grid?.ask();
    };
    this.#pages = new RowPages({
      columnCount: columns.length,
      firstRows,
      total,
      fetch: (start, count, signal) => host.rows(resultId, start, count, signal),
      onRows: (from, to) => this.#grid?.redraw(from, to),
      onTotal: (known) => {
        status.setTotal(known);
        this.#grid?.setTotal(known);
      },
      onFault: (error) =>
        status.setFault(error === undefined ? undefined : errorWords(error), 'Try Again', retry),
    });
    if (columns.length > 0) {
      const content = {
        label: header.question ?? 'Rows',
        columns,
        firstRows,
        pages: this.#pages,
        nonce,
        commands,
        header: this.#columns,
        layout: layouts?.of(state),
        onLayout: (layout: ColumnLayout) => layouts?.keep(state, layout),
      };
      this.#grid = new ResultGrid(content, announce, (selections) => this.#figures.set(selections));
      body.append(this.#grid.element, this.#commands.inspector.element);
    }
    body.append(this.#noRows);
    this.#tellNoRows(total);
    const said = messages === undefined ? '' : ` ${messageCountWords(messages)} of the server.`;
    announce(`${rowCountWords(total)} in ${durationWords(ms)}.${said}`);
  }

  mounted(): void {
    this.#grid?.mounted();
    this.#tabs?.mounted();
    this.#arranging.onWanted((wanted) => this.#grid?.header?.setArrangement(wanted));
  }

  /** What is selected, by places in the row. */
  get selected(): CellSelection | undefined {
    return this.#grid?.selected;
  }

  /** The rows stay as they are, and so does the focus where its button is still there. */
  setHeader(header: AnswerHeader): void {
    const focused = this.#top.contains(document.activeElement);
    const top = topOf(header, this.#host);
    this.#top.replaceWith(top);
    this.#top = top;
    if (focused) top.querySelector<HTMLElement>('button, summary')?.focus();
  }

  setInsight(insight: Insight): void {
    this.#insight.set(insight);
  }

  #tellNoRows({ rows, complete }: RowTotal): void {
    this.#noRows.hidden = rows > 0 || !complete;
    const filtered = this.#arranging.wanted.filters.length > 0;
    this.#noRows.textContent = filtered ? 'No row passes the filters.' : 'No rows.';
  }

  setTotal(total: RowTotal): void {
    this.#pages.setTotal(total);
  }

  setMessages(messages: ServerMessages): void {
    this.#messages.set(messages);
  }

  dispose(): void {
    this.#figures.dispose();
    this.#tabs?.dispose();
    this.#commands.dispose();
    this.#columns.dispose();
    this.#grid?.dispose();
    this.#pages.dispose();
  }
}

/** Stays while the header is shown anew: what is being written in it is kept. */
function followUpBox(host: Host): HTMLElement {
  const look = {
    label: 'Ask a follow-up',
    placeholder: 'Ask a follow-up, for example: only for 2024',
    send: 'Ask',
  };
  return element('section', { class: 'follow-up', 'aria-label': 'Follow-up' }, wordsBox(look, host));
}

function topOf(header: AnswerHeader, host: Host): HTMLElement {
  const withQuestion = header.question !== undefined;
  return element(
    'div',
    { class: 'top' },
    answerHeading(header, host),
    sqlSection(header.sql, withQuestion, host, { mayVerify: mayVerify(header) }),
  );
}
