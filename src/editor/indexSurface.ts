/** The indexes in the editor: keeps them up to date, and shows how they are. */
import * as vscode from 'vscode';
import type { IndexState } from '../rag/indexState.ts';
import type { ConnectionList } from './connectionList.ts';
import { commands, settings } from './contributions.ts';
import { indexLook, type IndexLook } from './indexLook.ts';
import type { LazyParts } from './lazyParts.ts';

/** Indexing that takes no longer than this is not shown: a row that flickers tells nothing. In milliseconds. */
const unseenMs = 1000;

const settingsThatMatter = [
  settings.ragEmbedder,
  settings.ragUri,
  settings.ragStorageOptions,
  settings.modelProvider,
  settings.modelBaseUrl,
  settings.ollamaBaseUrl,
];

export class IndexSurface implements vscode.Disposable {
  readonly #list: ConnectionList;
  readonly #parts: () => LazyParts;
  readonly #stopping = new AbortController();
  readonly #states = new Map<string, IndexState>();
  /** What the tree and the status bar show. */
  readonly #shown = new Map<string, IndexLook>();
  readonly #pending = new Map<string, NodeJS.Timeout>();
  /** Messages that were shown already: each is shown once in a window's life. */
  readonly #told = new Set<string>();
  readonly #changed = new vscode.EventEmitter<string>();
  readonly #rowChanged = new vscode.EventEmitter<string>();
  readonly #everyState = new vscode.EventEmitter<{ readonly id: string; readonly state: IndexState }>();
  readonly #disposables: vscode.Disposable[];
  /** Fires with the id of a connection whose index is told of otherwise than before. */
  readonly onDidChange = this.#changed.event;
  /** Fires when its row in the tree is another one, too. */
  readonly onDidChangeRow = this.#rowChanged.event;
  /** Fires with every state of every index. */
  readonly onDidTell = this.#everyState.event;

  /** @param parts called when they are there */
  constructor(list: ConnectionList, secrets: vscode.SecretStorage, parts: () => LazyParts) {
    this.#list = list;
    this.#parts = parts;
    this.#disposables = [
      this.#changed,
      this.#rowChanged,
      this.#everyState,
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (settingsThatMatter.some((id) => change.affectsConfiguration(id))) this.#setupChanged();
      }),
      secrets.onDidChange(() => this.#setupChanged()),
    ];
  }

  /** How the index of a connection is shown now. */
  look(connectionId: string): IndexLook | undefined {
    return this.#shown.get(connectionId);
  }

  /** Brings the index of a connection up to date, if it is connected. */
  update(connectionId: string): void {
    const { answers, connections } = this.#parts();
    const connected = connections.current(connectionId);
    if (connected !== undefined) void answers.index(connected, this.#stopping.signal);
    else this.#forget(connectionId);
  }

  /** Brings the index of every connection up to date that is connected. */
  updateAll(): void {
    for (const { id } of this.#list.entries()) {
      if (this.#parts().connections.current(id) !== undefined) this.update(id);
    }
  }

  /** Takes in a change of an index. */
  tell(connectionId: string, state: IndexState): void {
    this.#states.set(connectionId, state);
    this.#everyState.fire({ id: connectionId, state });
    if (state.phase === 'indexing' && !this.#isIndexingShown(connectionId)) {
      if (this.#pending.has(connectionId)) return;
      const timer = setTimeout(() => this.#show(connectionId), unseenMs);
      this.#pending.set(connectionId, timer);
      return;
    }
    this.#show(connectionId);
    if (state.phase === 'ready') void this.#message(connectionId, state);
  }

  dispose(): void {
    this.#stopping.abort();
    for (const timer of this.#pending.values()) clearTimeout(timer);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #setupChanged(): void {
    this.#parts().indexSetupChanged();
    this.updateAll();
  }

  #isIndexingShown(connectionId: string): boolean {
    return this.#shown.get(connectionId)?.short?.startsWith('indexing') === true;
  }

  #show(connectionId: string): void {
    clearTimeout(this.#pending.get(connectionId));
    this.#pending.delete(connectionId);
    const state = this.#states.get(connectionId);
    if (state === undefined) return;
    const before = this.#shown.get(connectionId);
    const look = indexLook(state);
    this.#shown.set(connectionId, look);
    this.#changed.fire(connectionId);
    if (look.short !== before?.short) this.#rowChanged.fire(connectionId);
  }

  #forget(connectionId: string): void {
    clearTimeout(this.#pending.get(connectionId));
    this.#pending.delete(connectionId);
    this.#states.delete(connectionId);
    this.#shown.delete(connectionId);
  }

  async #message(connectionId: string, state: IndexState & { phase: 'ready' }): Promise<void> {
    const name = this.#list.entries().find(({ id }) => id === connectionId)?.name ?? 'a database';
    if (state.rebuilt) {
      void vscode.window.showInformationMessage(
        `The index of ${name} could not be read and was made anew. Nothing else was lost.`,
      );
    }
    if (state.notice === undefined || this.#told.has(`${connectionId} ${state.notice}`)) return;
    this.#told.add(`${connectionId} ${state.notice}`);
    const setKey = 'Set API Key';
    const openSettings = 'Open Settings';
    const showLog = 'Show Log';
    const setCredentials = 'Set Credentials';
    const { failure } = state;
    const buttons = [
      ...(failure?.kind === 'model-authentication' ? [setKey] : []),
      ...(/Set Index Store Credentials/.test(failure?.detail.hint ?? '') ? [setCredentials] : []),
      openSettings,
      showLog,
    ];
    const chosen = await vscode.window.showWarningMessage(`Index of ${name}: ${state.notice}`, ...buttons);
    if (chosen === setKey) await vscode.commands.executeCommand(commands.setApiKey);
    if (chosen === setCredentials) await vscode.commands.executeCommand(commands.setStoreCredentials);
    if (chosen === openSettings) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'khipu.rag');
    }
    if (chosen === showLog) await vscode.commands.executeCommand(commands.showLog);
  }
}
