/** The results view in the editor area: one webview panel that is reused for every answer. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { OutcomeNews } from '../shared/changesProtocol.ts';
import type { Insight } from '../shared/insightProtocol.ts';
import type { AnswerHeader, Problem, ResultsState, RowTotal } from '../shared/resultsProtocol.ts';
import type { ScriptNews } from '../shared/scriptProtocol.ts';
import type { ServerMessages } from '../shared/serverMessages.ts';
import { ResultsHost, type OnResultsAction, type RowSource, type ScriptSource } from './resultsHost.ts';
import { webviewHtml } from './webviewHtml.ts';

export const resultsViewType = 'khipu.results';

const longestTitle = 40;

/** Opens on the first `show`, and again on the first `show` after it was closed. */
export class ResultsPanel implements vscode.Disposable {
  readonly #root: vscode.Uri;
  readonly #icon: { readonly light: vscode.Uri; readonly dark: vscode.Uri };
  readonly #host: ResultsHost;
  #panel: vscode.WebviewPanel | undefined;

  /**
   * @param extensionUri where `dist/webview` and `media` lie
   * @param onAction told of every button that is pressed in the view
   */
  constructor(
    extensionUri: vscode.Uri,
    log: Pick<vscode.LogOutputChannel, 'warn'>,
    onAction: OnResultsAction,
  ) {
    this.#root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.joinPath(extensionUri, 'media', `results-${theme}.svg`);
    this.#icon = { light: icon('light'), dark: icon('dark') };
    this.#host = new ResultsHost((message) => log.warn(message), onAction);
  }

  /** Shows `state` without taking the focus; the rows of any other result are closed. */
  show(state: ResultsState): void {
    this.#host.show(state);
    const panel = (this.#panel ??= this.#open());
    panel.title = titleOf(state);
    if (!panel.visible) panel.reveal(panel.viewColumn, true);
  }

  /** Takes ownership of `source`, and closes the one before. Call it before `show` of its result. */
  setRowSource(source: RowSource | undefined): void {
    this.#host.setRowSource(source);
  }

  /** Takes ownership of `script`, and closes the one before. Call it before `show` of its state. */
  setScript(script: ScriptSource | undefined): void {
    this.#host.setScript(script);
  }

  /** Something has become of statements of the script that is shown. */
  updateScript(news: ScriptNews): void {
    this.#host.updateScript(news);
  }

  /** The count of rows is known better. */
  updateTotal(resultId: string, total: RowTotal): void {
    this.#host.updateTotal(resultId, total);
  }

  /** More is known of the answer that is shown. */
  updateHeader(resultId: string, header: AnswerHeader): void {
    this.#host.updateHeader(resultId, header);
  }

  /** What the rows that are shown say is known. */
  updateInsight(resultId: string, insight: Insight): void {
    this.#host.updateInsight(resultId, insight);
  }

  /** The server said more while rows were read on. */
  updateMessages(resultId: string, messages: ServerMessages): void {
    this.#host.updateMessages(resultId, messages);
  }

  /** What became of changes is known. @returns whether they are what is shown */
  updateOutcome(news: OutcomeNews): boolean {
    return this.#panel !== undefined && this.#host.updateOutcome(news);
  }

  /** What is selected in the view, and whose rows those are. */
  selection(signal: AbortSignal): ReturnType<ResultsHost['selection']> {
    return this.#host.selection(signal);
  }

  /** What is shown waits for the user's answer. */
  get asks(): boolean {
    return this.#host.asks;
  }

  /** The failure that is shown. */
  get problem(): Problem | undefined {
    return this.#host.problem;
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#host.dispose();
  }

  #open(): vscode.WebviewPanel {
    const beside = vscode.window.activeTextEditor !== undefined;
    const panel = vscode.window.createWebviewPanel(
      resultsViewType,
      'Khipu',
      { viewColumn: beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active, preserveFocus: true },
      { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [this.#root] },
    );
    panel.iconPath = this.#icon;
    const { webview } = panel;
    this.#host.attach({
      post: (message) => webview.postMessage(message),
      onMessage: (listener) => webview.onDidReceiveMessage(listener),
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#host.detach();
      this.#host.setRowSource(undefined);
      this.#host.setScript(undefined);
    });
    webview.html = webviewHtml({
      cspSource: webview.cspSource,
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(this.#root, 'main.js')).toString(),
      styleUri: webview.asWebviewUri(vscode.Uri.joinPath(this.#root, 'main.css')).toString(),
      nonce: randomBytes(24).toString('hex'),
      title: 'Khipu',
    });
    return panel;
  }
}

/** Where something opens that belongs to what is shown: in another group that is there already, else in one beside. */
export function columnBesideResults(): vscode.ViewColumn {
  const holdsResults = ({ tabs }: vscode.TabGroup): boolean =>
    tabs.some(
      ({ isActive, input }) =>
        isActive && input instanceof vscode.TabInputWebview && input.viewType.endsWith(resultsViewType),
    );
  const other = vscode.window.tabGroups.all.find((group) => !holdsResults(group));
  return other?.viewColumn ?? vscode.ViewColumn.Beside;
}

function titleOf(state: ResultsState): string {
  const words = state.status === 'empty' ? '' : wordsOf(state);
  const line = words.replace(/\s+/g, ' ').trim();
  if (line === '') return 'Khipu';
  return line.length <= longestTitle ? line : `${line.slice(0, longestTitle - 1).trimEnd()}…`;
}

function wordsOf(state: Exclude<ResultsState, { status: 'empty' }>): string {
  switch (state.status) {
    case 'working':
      return state.question ?? state.sql ?? '';
    case 'question-back':
      return state.question;
    case 'rows':
    case 'plan':
    case 'costly':
      return state.header.question ?? state.header.sql;
    case 'changes':
      return state.statements[0]?.sql ?? '';
    case 'script':
      return state.name;
    case 'failed':
      return state.question ?? state.header?.question ?? state.header?.sql ?? state.problem.sql ?? '';
  }
}
