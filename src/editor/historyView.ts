/** The history in the sidebar: its view and its commands; what they do is loaded when the view is first seen. */
import * as vscode from 'vscode';
import type { HistoryEntry } from '../rag/history.ts';
import type { HistoryFilter } from '../rag/historySearch.ts';
import type { AskSurface } from './ask.ts';
import { commands, contexts, settings, views } from './contributions.ts';
import type { History } from './history.ts';
import type { HistoryNode } from './historyTree.ts';
import { registerCommand } from './report.ts';
import { historyIsOn } from './settings.ts';
import type { TraceDocument } from './traceDocument.ts';

const firstUse = () => import('./firstUse.ts');

export interface HistoryViewParts {
  readonly history: History;
  readonly traces: TraceDocument;
  readonly ask: () => Promise<AskSurface>;
  readonly log: vscode.LogOutputChannel;
}

const everything: HistoryFilter = { words: '', connection: undefined };

export class HistoryView implements vscode.TreeDataProvider<HistoryNode>, vscode.Disposable {
  readonly #parts: HistoryViewParts;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<HistoryNode>;
  readonly #disposables: vscode.Disposable[];
  #filter = everything;
  /** How many pages of questions are wanted. */
  #pages = 1;
  readonly #ending = new AbortController();
  #watcher: vscode.Disposable | undefined;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(parts: HistoryViewParts) {
    this.#parts = parts;
    const { history, traces } = parts;
    this.#view = vscode.window.createTreeView(views.history, { treeDataProvider: this, canSelectMany: true });
    const refresh = (): void => this.#refresh();
    this.#disposables = [
      this.#changed,
      this.#view,
      history.onDidChange(refresh),
      traces.onDidKeep(refresh),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(settings.historyEnabled)) refresh();
      }),
      this.#view.onDidChangeVisibility(({ visible }) => {
        if (visible) refresh();
      }),
      ...this.#register(),
    ];
  }

  async getTreeItem(node: HistoryNode): Promise<vscode.TreeItem> {
    return (await firstUse()).historyItem(node, this.#parts.traces);
  }

  async getChildren(node?: HistoryNode): Promise<HistoryNode[]> {
    if (node !== undefined) return node.kind === 'day' ? [...node.questions] : [];
    this.#watch();
    const { historyRoots, pageSize } = await firstUse();
    const most = this.#pages * pageSize;
    const roots = await historyRoots(this.#parts.history, this.#filter, most, this.#ending.signal);
    this.#view.message = historyIsOn() || roots.length === 0 ? undefined : offWords;
    return roots;
  }

  /** What another window writes is seen. The file system tells of it, and when it does not, the return to this window does. */
  #watch(): void {
    if (this.#watcher !== undefined) return;
    const { history, log } = this.#parts;
    const readOn = (): void => {
      history.refresh().catch((error: unknown) => log.warn(`history: ${String(error)}`));
    };
    const file = vscode.Uri.file(history.path);
    const files = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.joinPath(file, '..'), 'history.jsonl'),
    );
    files.onDidChange(readOn);
    files.onDidCreate(readOn);
    const focus = vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) readOn();
    });
    this.#watcher = vscode.Disposable.from(files, focus);
  }

  #refresh(): void {
    this.#changed.fire(undefined);
  }

  async #show(filter: HistoryFilter): Promise<void> {
    const { words, connection } = filter;
    if (words === this.#filter.words && connection === this.#filter.connection) return;
    this.#filter = filter;
    this.#pages = 1;
    const said = (await firstUse()).filterWords(filter);
    this.#view.description = said ?? '';
    void vscode.commands.executeCommand('setContext', contexts.historyFiltered, said !== undefined);
    this.#refresh();
  }

  /** The questions that a command is about: of its item, of all that are selected, or of the selection when a key called it. */
  #meant(node: unknown, selected: unknown): HistoryEntry[] {
    const nodes = Array.isArray(selected) ? (selected as unknown[]) : node === undefined ? [] : [node];
    const all = (nodes.length === 0 ? this.#view.selection : nodes) as readonly HistoryNode[];
    return all.flatMap((each) => (each.kind === 'question' ? each.entry : []));
  }

  /** Does something with the one question that a command is about. */
  #withOne<T>(node: unknown, work: (entry: HistoryEntry) => T): T | undefined {
    const [entry] = this.#meant(node, undefined);
    return entry === undefined ? undefined : work(entry);
  }

  #register(): vscode.Disposable[] {
    const { history, log } = this.#parts;
    const parts = async () => ({ history, ask: await this.#parts.ask() });
    return [
      registerCommand(commands.searchHistory, log, async () =>
        (await firstUse()).searchHistory(await parts()),
      ),
      registerCommand(commands.historyRun, log, (node) =>
        this.#withOne(node, async (entry) => (await firstUse()).runFromHistory(entry, await parts())),
      ),
      registerCommand(commands.historyEdit, log, (node) =>
        this.#withOne(node, async (entry) => (await firstUse()).editFromHistory(entry, await parts())),
      ),
      registerCommand(commands.historyVerify, log, (node) =>
        this.#withOne(node, async (entry) => (await firstUse()).verifyFromHistory(entry, await parts())),
      ),
      registerCommand(commands.historyOpen, log, (node) =>
        this.#withOne(node, async (entry) => (await firstUse()).openFromHistory(entry)),
      ),
      registerCommand(commands.historyCopySql, log, (node) =>
        this.#withOne(node, ({ sql = '' }) => vscode.env.clipboard.writeText(sql)),
      ),
      registerCommand(commands.historyCopyQuestion, log, (node) =>
        this.#withOne(node, ({ question }) => vscode.env.clipboard.writeText(question)),
      ),
      registerCommand(commands.historyDelete, log, async (node, selected) =>
        (await firstUse()).deleteFromHistory(this.#meant(node, selected), history),
      ),
      ...this.#registerForAll(),
    ];
  }

  #registerForAll(): vscode.Disposable[] {
    const { history, log } = this.#parts;
    return [
      registerCommand(commands.historyClear, log, async () => (await firstUse()).clearHistory(history)),
      registerCommand(commands.historyFilter, log, async () =>
        (await firstUse()).chooseHistoryFilter(history, this.#filter, (filter) => void this.#show(filter)),
      ),
      registerCommand(commands.historyClearFilter, log, () => this.#show(everything)),
      registerCommand(commands.historyMore, log, () => {
        this.#pages++;
        this.#refresh();
      }),
      registerCommand(commands.historySwitchOn, log, () =>
        vscode.workspace
          .getConfiguration()
          .update(settings.historyEnabled, true, vscode.ConfigurationTarget.Global),
      ),
    ];
  }

  dispose(): void {
    this.#watcher?.dispose();
    this.#ending.abort();
    for (const disposable of this.#disposables) disposable.dispose();
  }
}

const offWords = 'The history is switched off: new questions are not written down.';
