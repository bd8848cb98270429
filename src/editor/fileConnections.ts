/** Remembers the connection of each .sql file, for the workspace; it follows the file when that is renamed or first saved. */
import * as vscode from 'vscode';
import { withFile, withoutDeleted, withRenamed, type FileConnectionMap } from './fileConnectionMap.ts';

const stateKey = 'fileConnections';
/** No longer passes between the end of an untitled file and the start of the one in its place, in milliseconds. */
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
      vscode.workspace.onDidOpenTextDocument((document) => void this.#takeOver(document)),
      vscode.workspace.onDidSaveTextDocument((document) => void this.#takeOver(document, true)),
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
   * What an untitled file was saved as has its text, and takes its connection over. VS Code opens, saves and closes the two in no
   * fixed order, may empty the untitled one before it closes, and never tells that they belong together.
   */
  async #takeOver(file: vscode.TextDocument, isSaved = false): Promise<void> {
    if (file.isUntitled || !isSql(file) || this.get(file.uri) !== undefined) return;
    const text = file.getText();
    if (text.trim() === '') return;
    const left = this.#left;
    const isLeft = left?.text === text && performance.now() - left.at <= savingMs;
    const id = isLeft ? left.id : isSaved ? this.#ofUntitled(text) : undefined;
    if (id === undefined) return;
    this.#left = undefined;
    await this.set(file.uri, id);
    this.#changed.fire();
  }

  #ofUntitled(text: string): string | undefined {
    const untitled = vscode.workspace.textDocuments.find(
      (each) => each.isUntitled && this.get(each.uri) !== undefined && each.getText() === text,
    );
    return untitled === undefined ? undefined : this.get(untitled.uri);
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
