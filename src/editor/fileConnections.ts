/** Remembers the connection of each .sql file, for the workspace; it follows the file when that is renamed or first saved. */
import * as vscode from 'vscode';
import { withFile, withoutDeleted, withRenamed, type FileConnectionMap } from './fileConnectionMap.ts';

const stateKey = 'fileConnections';

export class FileConnections implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #subscriptions: vscode.Disposable[];

  constructor(state: vscode.Memento) {
    this.#state = state;
    this.#subscriptions = [
      vscode.workspace.onDidRenameFiles(({ files }) => {
        let map = this.#map;
        for (const { oldUri, newUri } of files) map = withRenamed(map, oldUri.toString(), newUri.toString());
        void this.#keep(map);
      }),
      vscode.workspace.onDidDeleteFiles(({ files }) => {
        let map = this.#map;
        for (const uri of files) map = withoutDeleted(map, uri.toString());
        void this.#keep(map);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document.isUntitled) void this.#leaveUntitled(document);
      }),
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

  /** The next untitled file may bear the same name. What it was saved as, if it was, takes its connection over. */
  async #leaveUntitled(document: vscode.TextDocument): Promise<void> {
    const id = this.get(document.uri);
    if (id === undefined) return;
    const text = document.getText();
    const saved = vscode.workspace.textDocuments.find(
      (each) =>
        !each.isUntitled && isSql(each) && this.get(each.uri) === undefined && each.getText() === text,
    );
    if (saved !== undefined) await this.set(saved.uri, id);
    await this.set(document.uri, undefined);
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
