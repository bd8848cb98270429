/** The host's end of the results view, without VS Code: keeps what is shown and answers the page from the row source. */
import 'vscode-jsonrpc/node'; // installs the timers that the RPC uses
import { KhipuError } from '../shared/errors.ts';
import { postMessageTransport, type PostMessagePort } from '../shared/postMessageTransport.ts';
import { chartRequest, saveChartRequest, type ChartPicture, type DrawnChart } from '../shared/chartData.ts';
import type { Chart } from '../shared/chartProtocol.ts';
import type { OutcomeNews } from '../shared/changesProtocol.ts';
import type { Insight } from '../shared/insightProtocol.ts';
import type { Arrangement } from '../shared/arrangement.ts';
import {
  actionNotification,
  arrangeRequest,
  copyRequest,
  headerNotification,
  insightNotification,
  messagesNotification,
  moreRequest,
  openCellRequest,
  changesNotification,
  readyRequest,
  rowsRequest,
  scriptDetailRequest,
  selectionRequest,
  stateNotification,
  totalNotification,
  type AnswerHeader,
  type ArrangedRows,
  type CellOrder,
  type CopyOrder,
  type CopyOutcome,
  type PressedId,
  type Problem,
  type ResultRow,
  type ResultsState,
  type RowTotal,
  type ScriptDetail,
} from '../shared/resultsProtocol.ts';
import type { CellSelection } from '../shared/cellSelection.ts';
import { createPeer, type Peer } from '../shared/rpc.ts';
import {
  scriptActionNotification,
  scriptNotification,
  type ScriptNews,
  type ScriptState,
} from '../shared/scriptProtocol.ts';
import type { ServerMessages } from '../shared/serverMessages.ts';
import { answerCellRequests, type CellReads } from './cellRequests.ts';

/** Where the rows of one result come from. */
export interface RowSource {
  readonly resultId: string;
  /** Rows `start` to `start + count - 1`, fewer at the end. */
  rows(start: number, count: number, signal: AbortSignal): Promise<{ rows: ResultRow[]; total: RowTotal }>;
  /** Counts on for another cap's worth of rows; returns the last total. */
  more(signal: AbortSignal): Promise<RowTotal>;
  /** Sorts and filters: from now on `rows` are those. When that fails, they are as they were. */
  arrange(arrangement: Arrangement, signal: AbortSignal): Promise<ArrangedRows>;
  /** Puts cells on the clipboard. */
  copy(order: CopyOrder, signal: AbortSignal): Promise<CopyOutcome>;
  /** Opens one cell whole; false when it is NULL. */
  openCell(order: CellOrder, signal: AbortSignal): Promise<boolean>;
  /** What else is asked about its cells. */
  readonly cells: CellReads;
  /** What is drawn of the rows, where they can be drawn. */
  readonly charts?: ChartSource;
  /** Ends the cursor behind the rows. */
  close(): Promise<void>;
}

/** The numbers behind charts, and files for their pictures. */
export interface ChartSource {
  /** @param chart what to draw; left out, what the data suggest */
  draw(chart: Chart | undefined, signal: AbortSignal): Promise<DrawnChart>;
  /** Writes a picture to a file that the user chooses; false when they turn away. */
  save(picture: ChartPicture, signal: AbortSignal): Promise<boolean>;
}

type RowsState = Extract<ResultsState, { status: 'rows' }>;

/** A script whose statements are shown. */
export interface ScriptSource {
  readonly scriptId: string;
  /** As it is now, for a page that is loaded anew. */
  state(): ScriptState;
  /** What is shown of a statement, from now on; with `again` it is run first. */
  detail(index: number, again: boolean, signal: AbortSignal): Promise<ScriptDetail>;
  runAgain(): void;
  /** Shows where a statement stands. */
  goTo(index: number): void;
  /** Hands a statement that was refused to the write door. */
  runAsWrite(index: number): void;
  /** Stops what runs, and frees everything. */
  close(): Promise<void>;
}

export type ResultsAction = PressedId;
export type OnResultsAction = (id: ResultsAction, value?: string) => void;

const maxRowsPerRequest = 1000;

export class ResultsHost {
  readonly #warn: (message: string) => void;
  readonly #onAction: OnResultsAction;
  #state: ResultsState = { status: 'empty' };
  /** The rows that a plan stands before. */
  #covered: RowsState | undefined;
  #source: { readonly rows: RowSource; readonly ended: AbortController } | undefined;
  #script: ScriptSource | undefined;
  #page: { readonly peer: Peer; listening: boolean } | undefined;

  constructor(warn: (message: string) => void, onAction: OnResultsAction) {
    this.#warn = warn;
    this.#onAction = onAction;
  }

  /** What is shown waits for the user's answer: nothing is under way. */
  get asks(): boolean {
    return this.#state.status === 'costly' || this.#state.status === 'question-back';
  }

  /** The failure that is shown. */
  get problem(): Problem | undefined {
    return this.#state.status === 'failed' ? this.#state.problem : undefined;
  }

  /** Serves a page that has just been made, in place of an earlier one. */
  attach(port: PostMessagePort): void {
    this.detach();
    const { reader, writer } = postMessageTransport(port);
    const peer = createPeer(reader, writer, (error) => this.#warn(`Results view: ${error.message}`));
    const page = { peer, listening: false };
    this.#page = page;
    peer.onCall(readyRequest, () => {
      page.listening = true;
      return this.#script === undefined ? this.#state : { status: 'script', ...this.#script.state() };
    });
    peer.onCall(scriptDetailRequest, ({ scriptId, index, again }, signal) => {
      if (this.#script?.scriptId !== scriptId) throw rowsGone();
      return this.#script.detail(index, again, signal);
    });
    peer.onNotify(scriptActionNotification, ({ scriptId, id, index }) => {
      if (this.#script?.scriptId !== scriptId) return;
      if (id === 'run-again') this.#script.runAgain();
      else if (index !== undefined && id === 'go-to') this.#script.goTo(index);
      else if (index !== undefined) this.#script.runAsWrite(index);
    });
    peer.onCall(rowsRequest, ({ resultId, start, count }, signal) =>
      this.#rows(resultId, start, count, signal),
    );
    peer.onCall(moreRequest, async ({ resultId }, signal) => {
      const total = await this.#of(resultId, signal, (source, ended) => source.more(ended));
      this.updateTotal(resultId, total);
      return total;
    });
    peer.onCall(arrangeRequest, async ({ resultId, arrangement }, signal) => {
      const rows = await this.#of(resultId, signal, (source, ended) => source.arrange(arrangement, ended));
      this.#updateRows(resultId, { arranged: undefined, ...rows });
      return rows;
    });
    peer.onCall(copyRequest, (order, signal) =>
      this.#of(order.resultId, signal, (source, ended) => source.copy(order, ended)),
    );
    peer.onCall(openCellRequest, (order, signal) =>
      this.#of(order.resultId, signal, (source, ended) => source.openCell(order, ended)),
    );
    answerCellRequests(peer, (resultId, signal, ask) => this.#of(resultId, signal, ask));
    peer.onCall(chartRequest, ({ resultId, chart }, signal) =>
      this.#of(resultId, signal, (source, ended) => chartsOf(source).draw(chart, ended)),
    );
    peer.onCall(saveChartRequest, (picture, signal) =>
      this.#of(picture.resultId, signal, (source, ended) => chartsOf(source).save(picture, ended)),
    );
    peer.onNotify(actionNotification, ({ id, value }) => {
      if (id !== 'show-rows') this.#onAction(id, value);
      else if (this.#covered !== undefined) this.show(this.#covered);
    });
  }

  /** The page is gone. */
  detach(): void {
    this.#page?.peer.dispose();
    this.#page = undefined;
  }

  /** Shows `state`, now or as soon as a page is ready; the rows of any other result are closed. */
  show(state: ResultsState): void {
    if (this.#script !== undefined && (state.status !== 'script' || state.scriptId !== this.#script.scriptId))
      this.setScript(undefined);
    const shown = shownId(state);
    const below = this.#state.status === 'rows' ? this.#state : this.#covered;
    this.#covered = state.status === 'plan' && below?.resultId === shown ? below : undefined;
    this.#state = state;
    if (this.#source !== undefined && this.#source.rows.resultId !== shown) this.setRowSource(undefined);
    if (this.#page?.listening === true) this.#page.peer.notify(stateNotification, state);
  }

  /** Takes ownership of `source`; the one before is closed. Call it before `show` of its result. */
  setRowSource(source: RowSource | undefined): void {
    const previous = this.#source;
    this.#source = source === undefined ? undefined : { rows: source, ended: new AbortController() };
    if (previous === undefined || previous.rows === source) return;
    previous.ended.abort(rowsGone());
    previous.rows.close().catch((error: unknown) => this.#warn(`Closing a result: ${String(error)}`));
  }

  /** Takes ownership of `script`, and closes the one before. Call it before `show` of its state. */
  setScript(script: ScriptSource | undefined): void {
    const previous = this.#script;
    this.#script = script;
    if (previous === undefined || previous === script) return;
    previous.close().catch((error: unknown) => this.#warn(`Closing a script: ${String(error)}`));
  }

  /** Something has become of statements of the script that is shown. */
  updateScript(news: ScriptNews): void {
    if (this.#script?.scriptId !== news.scriptId) return;
    if (this.#page?.listening === true) this.#page.peer.notify(scriptNotification, news);
  }

  /** The count of rows is known better. */
  updateTotal(resultId: string, total: RowTotal): void {
    if (this.#updateRows(resultId, { total }))
      this.#page?.peer.notify(totalNotification, { resultId, total });
  }

  /** The server said more while rows were read on. */
  updateMessages(resultId: string, messages: ServerMessages): void {
    if (this.#updateRows(resultId, { messages }))
      this.#page?.peer.notify(messagesNotification, { resultId, messages });
  }

  /** What these rows say is known, or how their description stands. */
  updateInsight(resultId: string, insight: Insight): void {
    if (this.#updateRows(resultId, { insight }))
      this.#page?.peer.notify(insightNotification, { resultId, insight });
  }

  /** More is known of the answer that these rows belong to. */
  updateHeader(resultId: string, header: AnswerHeader): void {
    if (this.#updateRows(resultId, { header }))
      this.#page?.peer.notify(headerNotification, { resultId, header });
  }

  /** @returns whether the page shows these rows */
  #updateRows(resultId: string, news: Partial<RowsState>): boolean {
    if (this.#covered?.resultId === resultId) this.#covered = { ...this.#covered, ...news };
    if (!this.#shows(resultId)) return false;
    if (this.#state.status === 'rows') this.#state = { ...this.#state, ...news };
    return this.#page?.listening === true;
  }

  /** What became of changes is known. @returns whether they are what is shown */
  updateOutcome(news: OutcomeNews): boolean {
    if (this.#state.status !== 'changes' || this.#state.changesId !== news.changesId) return false;
    this.#state = { ...this.#state, outcome: news.outcome, note: news.note };
    if (this.#page?.listening === true) this.#page.peer.notify(changesNotification, news);
    return true;
  }

  /** What is selected in the page, and whose rows those are; undefined when nothing is. */
  async selection(
    signal: AbortSignal,
  ): Promise<{ readonly rows: RowSource; readonly selection: CellSelection } | undefined> {
    const selected = await this.#page?.peer.call(selectionRequest, {}, signal);
    const rows = this.#source?.rows;
    if (selected === undefined || selected === null || rows?.resultId !== selected.resultId) return undefined;
    return { rows, selection: selected.selection };
  }

  dispose(): void {
    this.detach();
    this.setRowSource(undefined);
    this.setScript(undefined);
  }

  /** Whether these are the rows that are shown: those of an answer, or of the selected statement of a script. */
  #shows(resultId: string): boolean {
    if (this.#state.status === 'script') return this.#source?.rows.resultId === resultId;
    return this.#state.status === 'rows' && this.#state.resultId === resultId;
  }

  async #rows(resultId: string, start: number, count: number, signal: AbortSignal) {
    const valid = Number.isSafeInteger(start) && start >= 0 && Number.isInteger(count) && count >= 1;
    return this.#of(resultId, signal, (source, ended) => {
      if (!valid || count > maxRowsPerRequest)
        throw new KhipuError('invalid-input', `There is no window of ${count} rows from row ${start}.`);
      return source.rows(start, count, ended);
    });
  }

  /** Asks the source of a result that is still here; it is let go when the result is closed. */
  async #of<T>(
    resultId: string,
    signal: AbortSignal,
    ask: (source: RowSource, ended: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const source = this.#source;
    if (source?.rows.resultId !== resultId) throw rowsGone();
    return await ask(source.rows, AbortSignal.any([signal, source.ended.signal]));
  }
}

/** What the row source behind a state is named by. */
function shownId(state: ResultsState): string | undefined {
  if (state.status === 'changes') return state.changesId;
  if (state.status === 'plan') return state.covers;
  return state.status === 'rows' ? state.resultId : undefined;
}

function chartsOf({ charts }: RowSource): ChartSource {
  if (charts === undefined) throw new KhipuError('invalid-input', 'These rows cannot be drawn.');
  return charts;
}

function rowsGone(): KhipuError {
  return new KhipuError('invalid-input', 'These rows are gone; run the statement again.');
}
