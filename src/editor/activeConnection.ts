/** The connection in use: each .sql file has its own, all else that of the workspace; always shown in the status bar. */
import * as vscode from 'vscode';
import { chooseConnection } from './connectionChoice.ts';
import { commands } from './contributions.ts';
import { connectionStatusLook } from './connectionEntryLook.ts';
import type { ConnectionEntry, ConnectionList } from './connectionList.ts';
import type { IndexSurface } from './indexSurface.ts';
import { FileConnections, isSql } from './fileConnections.ts';
import type { UsageToday } from './usageToday.ts';

const stateKey = 'activeConnection';

export class ActiveConnection implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #list: ConnectionList;
  readonly #index: IndexSurface;
  readonly #usage: Pick<UsageToday, 'words'>;
  readonly #files: FileConnections;
  readonly #status = vscode.window.createStatusBarItem(
    'khipu.connection',
    vscode.StatusBarAlignment.Left,
    10,
  );
  readonly #subscriptions: vscode.Disposable[];
  /** The .sql file that is worked in. */
  #file: vscode.Uri | undefined;

  constructor(
    state: vscode.Memento,
    list: ConnectionList,
    index: IndexSurface,
    usage: Pick<UsageToday, 'words'>,
  ) {
    this.#state = state;
    this.#list = list;
    this.#index = index;
    this.#usage = usage;
    this.#files = new FileConnections(state);
    this.#status.name = 'Khipu Connection';
    this.#status.command = commands.chooseConnection;
    const onEditorChange = (editor: vscode.TextEditor | undefined): void => {
      this.#file = this.#fileIn(editor);
      this.show();
    };
    this.#subscriptions = [
      this.#files,
      this.#files.onDidChange(() => this.show()),
      this.#status,
      vscode.window.onDidChangeActiveTextEditor(onEditorChange),
    ];
    onEditorChange(vscode.window.activeTextEditor);
  }

  /** No text editor has the focus when it is in the rows that the file has brought: then it is still worked in. */
  #fileIn(editor: vscode.TextEditor | undefined): vscode.Uri | undefined {
    if (editor !== undefined) return isSql(editor.document) ? editor.document.uri : undefined;
    const seen = vscode.window.visibleTextEditors.map(({ document }) => document.uri.toString());
    return this.#file !== undefined && seen.includes(this.#file.toString()) ? this.#file : undefined;
  }

  /** The id of the connection that the status bar shows; undefined when none was chosen, or the chosen one is gone. */
  get id(): string | undefined {
    return this.#entry(this.#keptFor(this.#file))?.id;
  }

  /** What was chosen for a file or, where nothing was, for the workspace; it may be gone by now. */
  #keptFor(file: vscode.Uri | undefined): string | undefined {
    const own = file === undefined ? undefined : this.#files.get(file);
    return own ?? this.#state.get<string>(stateKey);
  }

  #entry(id: string | undefined): ConnectionEntry | undefined {
    return this.#list.entries().find((entry) => entry.id === id);
  }

  /** The name of a connection; undefined when it is gone. */
  nameOf(id: string): string | undefined {
    return this.#entry(id)?.name;
  }

  /** Makes it the workspace's; files that have their own keep it. */
  async use(id: string): Promise<void> {
    await this.#state.update(stateKey, id);
    this.show();
  }

  /** Brings the status bar up to date. */
  show(): void {
    const file = this.#file;
    const own = file === undefined ? undefined : this.#files.get(file);
    const name = file === undefined || own === undefined ? undefined : nameOf(file);
    const entry = this.#entry(this.#keptFor(file));
    const index = entry === undefined ? undefined : this.#index.look(entry.id);
    const look = connectionStatusLook(entry, name, index);
    const { text, tooltip, spoken, background } = look;
    this.#status.text = text;
    this.#status.tooltip = [tooltip, ...this.#usage.words()].join('\n');
    this.#status.accessibilityInformation = { label: spoken };
    this.#status.backgroundColor =
      background === undefined ? undefined : new vscode.ThemeColor(`statusBarItem.${background}Background`);
    this.#status.show();
  }

  /**
   * The connection in use, or one that the user chooses now.
   * @param file whose connection is meant, when something of it is run; the one from then on, whatever is chosen for the
   *   workspace: what was written for one database is not run on another by surprise
   * @returns undefined when the user chose none
   */
  async idOrAsk(file?: vscode.Uri): Promise<string | undefined> {
    if (file !== undefined) return this.#idOrAskFor(file);
    if (this.id !== undefined) return this.id;
    const entries = this.#list.entries();
    const [only] = entries;
    if (only === undefined || entries.length > 1) return this.choose();
    await this.use(only.id);
    return only.id;
  }

  async #idOrAskFor(file: vscode.Uri): Promise<string | undefined> {
    const own = this.#files.get(file);
    const workspaces = this.#entry(this.#keptFor(undefined))?.id;
    const id =
      own === undefined
        ? (workspaces ?? (await this.idOrAsk()))
        : (this.#entry(own)?.id ?? (await this.#chooseFor(file)));
    if (id !== undefined) await this.#files.set(file, id);
    this.show();
    return id;
  }

  /** Has the user choose: for the .sql file that is worked in, or else for the workspace. */
  choose(): Promise<string | undefined> {
    return this.#chooseFor(this.#file);
  }

  async #chooseFor(file: vscode.Uri | undefined): Promise<string | undefined> {
    const own = file === undefined ? undefined : this.#files.get(file);
    const chosen = await chooseConnection(this.#list, {
      current: this.#keptFor(file),
      file: file === undefined ? undefined : nameOf(file),
      workspaces: own === undefined ? undefined : this.#entry(this.#keptFor(undefined))?.name,
    });
    if (chosen === 'for the workspace') return this.#chooseFor(undefined);
    if (chosen === undefined) return undefined;
    if (file === undefined) {
      await this.use(chosen.id ?? '');
      return chosen.id;
    }
    await this.#files.set(file, chosen.id);
    // The first that is chosen anywhere is the workspace's, too.
    if (chosen.id !== undefined && this.#keptFor(undefined) === undefined) await this.use(chosen.id);
    this.show();
    return chosen.id ?? this.#entry(this.#keptFor(undefined))?.id;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

function nameOf(file: vscode.Uri): string {
  return file.path.slice(file.path.lastIndexOf('/') + 1);
}
