/** Remembers the connection of each .sql file, for the workspace; it follows the file when that is renamed or first saved. */
import * as vscode from 'vscode';
import { withFile, withoutDeleted, withRenamed, type FileConnectionMap } from './fileConnectionMap.ts';

const stateKey = 'fileConnections';
/** No longer passes between the end of an untitled file and the save of the one in its place, in milliseconds. */
const savingMs = 5000;

export class FileConnections implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  /** The untitled file that was closed last, and when. */
  #left: { readonly id: string; readonly text: string; readonly at: number } | undefined;
  /** A file has got a connection without being asked for it. */
  readonly onDidChange = this.#changed.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
    this.#subscriptions = [
      this.#changed,
      vscode.workspace.onDidRenameFiles(({ files }) => {
        let map = this.#map;
        for (const { oldUri, newUri } of files) map = withRenamed(map, oldUri.toString(), newUri.toString());
        void this.#keep(map).then(() => this.#changed.fire());
      }),
      vscode.workspace.onDidDeleteFiles(({ files }) => {
        let map = this.#map;
        for (const uri of files) map = withoutDeleted(map, uri.toString());
        void this.#keep(map).then(() => this.#changed.fire());
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document.isUntitled) void this.#leaveUntitled(document);
      }),
      vscode.workspace.onDidSaveTextDocument((document) => void this.#takeOver(document)),
    ];
  }

  /** The id that was kept for a file, be there still such a connection or not. */
  get(uri: vscode.Uri): string | undefined {
    return this.#map[uri.toString()];
  }

  /** Keeps it; `undefined` forgets the one before. */
  async set(uri: vscode.Uri, id: string | undefined): Promise<void> {
    if (this.get(uri) !== id) await this.#keep(withFile(this.#map, uri.toString(), id));
  }

  /** The next untitled file may bear the same name. */
  async #leaveUntitled(document: vscode.TextDocument): Promise<void> {
    const id = this.get(document.uri);
    if (id === undefined) return;
    this.#left = { id, text: document.getText(), at: performance.now() };
    await this.set(document.uri, undefined);
    for (const each of vscode.workspace.textDocuments) await this.#takeOver(each);
  }

  /**
   * What an untitled file was saved as has its text, and takes its connection over. VS Code tells of the one before the other, or
   * after it, and never that they belong together.
   */
  async #takeOver(saved: vscode.TextDocument): Promise<void> {
    const left = this.#left;
    if (left === undefined || saved.isUntitled || !isSql(saved) || this.get(saved.uri) !== undefined) return;
    const isSame = left.text === saved.getText() && left.text.trim() !== '';
    if (!isSame || performance.now() - left.at > savingMs) return;
    this.#left = undefined;
    await this.set(saved.uri, left.id);
    this.#changed.fire();
  }

  get #map(): FileConnectionMap {
    return this.#state.get<FileConnectionMap>(stateKey) ?? {};
  }

  async #keep(map: FileConnectionMap): Promise<void> {
    await this.#state.update(stateKey, map);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

export function isSql({ languageId }: vscode.TextDocument): boolean {
  return languageId === 'sql';
}
