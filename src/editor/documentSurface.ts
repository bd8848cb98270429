/** The user's documents in the editor: read once a database is connected, and again whenever they change. */
import { extname } from 'node:path';
import * as vscode from 'vscode';
import type { DocumentSet } from '../rag/documentSet.ts';
import { commands, settings } from './contributions.ts';
import { logProblem } from './report.ts';

/** An editor that saves, or a checkout, changes many files at once: they are waited for, in milliseconds. */
const gatherMs = 500;

export interface DocumentSurfaceParts {
  /** Reads what has changed. */
  readonly refresh: (signal: AbortSignal) => Promise<DocumentSet>;
  /** The folders as named now. */
  readonly folders: (signal: AbortSignal) => Promise<readonly { readonly path: string }[]>;
  /** Told when the documents say something else than before. */
  readonly onChange: () => void;
  readonly log: vscode.LogOutputChannel;
}

export class DocumentSurface implements vscode.Disposable {
  readonly #parts: DocumentSurfaceParts;
  readonly #stopping = new AbortController();
  readonly #disposables: vscode.Disposable[] = [];
  #watchers: vscode.Disposable[] = [];
  #timer: NodeJS.Timeout | undefined;
  #started = false;
  #last: DocumentSet | undefined;
  /** What was said already is not said again in a window's life. */
  readonly #told = new Set<string>();

  constructor(parts: DocumentSurfaceParts) {
    this.#parts = parts;
  }

  /** A database is connected: from now on documents are wanted. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    const { workspace } = vscode;
    this.#disposables.push(
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(settings.documentFolders)) this.#begin();
      }),
      workspace.onDidChangeWorkspaceFolders(() => this.#begin()),
      workspace.onDidGrantWorkspaceTrust(() => this.#begin()),
      ...this.#glossaries(),
    );
    this.#begin();
  }

  dispose(): void {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    for (const disposable of [...this.#watchers, ...this.#disposables]) disposable.dispose();
  }

  /** Watches the folders as they are named now, and reads them. */
  #begin(): void {
    this.#watch().catch((thrown: unknown) => logProblem(thrown, this.#parts.log));
    this.#refresh();
  }

  async #watch(): Promise<void> {
    const folders = await this.#parts.folders(this.#stopping.signal);
    for (const watcher of this.#watchers) watcher.dispose();
    this.#watchers = [];
    if (this.#stopping.signal.aborted) return;
    this.#watchers = folders.flatMap(({ path }) => this.#watcher(path));
  }

  /** They name folders, too. */
  #glossaries(): vscode.Disposable[] {
    const watcher = vscode.workspace.createFileSystemWatcher('**/.khipu/khipu.yml');
    const begin = (): void => this.#begin();
    return [watcher, watcher.onDidCreate(begin), watcher.onDidChange(begin), watcher.onDidDelete(begin)];
  }

  /** Through the workspace's folder where it lies in one: so it is seen, too, when the folder itself is made. */
  #watcher(path: string): vscode.Disposable[] {
    const uri = vscode.Uri.file(path);
    const root = vscode.workspace.getWorkspaceFolder(uri);
    const within = root === undefined ? '' : vscode.workspace.asRelativePath(uri, false);
    const isRoot = root === undefined || uri.fsPath === root.uri.fsPath;
    const pattern = isRoot
      ? new vscode.RelativePattern(uri, '**')
      : new vscode.RelativePattern(root, `${within}{,/**}`);
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const soon = ({ fsPath }: vscode.Uri): void => {
      if (mayMatter(fsPath)) this.#soon();
    };
    return [watcher, watcher.onDidCreate(soon), watcher.onDidChange(soon), watcher.onDidDelete(soon)];
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#refresh();
    }, gatherMs);
  }

  #refresh(): void {
    this.#readAll().catch((thrown: unknown) => {
      if (!this.#stopping.signal.aborted) logProblem(thrown, this.#parts.log);
    });
  }

  async #readAll(): Promise<void> {
    const documents = await this.#parts.refresh(this.#stopping.signal);
    const before = this.#last;
    this.#last = documents;
    // Where there are none, the indexes that are being made need not be begun anew.
    const isNews = before === undefined ? documents.passages.size > 0 : documents !== before;
    if (isNews) this.#parts.onChange();
    void this.#tell(documents.notices);
  }

  async #tell(notices: readonly string[]): Promise<void> {
    const fresh = notices.filter((notice) => !this.#told.has(notice));
    for (const notice of fresh) this.#told.add(notice);
    const [first, ...more] = fresh;
    if (first === undefined) return;
    const others = more.length === 0 ? '' : ` And ${more.length} more, which the log names.`;
    const [showLog, openSettings] = ['Show Log', 'Open Settings'];
    const chosen = await vscode.window.showWarningMessage(
      `Documents: ${first}${others}`,
      showLog,
      openSettings,
    );
    if (chosen === showLog) await vscode.commands.executeCommand(commands.showLog);
    if (chosen === openSettings) {
      await vscode.commands.executeCommand('workbench.action.openSettings', settings.documentFolders);
    }
  }
}

/** A document, or a folder: what has an ending that is read, or none. */
function mayMatter(path: string): boolean {
  return /^(?:|\.(?:md|markdown|txt|pdf|sql)|\.khipu)$/i.test(extname(path));
}
