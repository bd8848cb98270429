/** The glossary in the editor: what is wrong in an open one is marked, what can be written is offered, and a change counts at once. */
import * as vscode from 'vscode';
import type { Catalog } from '../database/catalog.ts';
import type { ActiveConnection } from './activeConnection.ts';
import type { ConnectionList } from './connectionList.ts';
import type { GlossaryFiles } from './glossaryFiles.ts';
import type { LazyConnections } from './lazyParts.ts';
import { logProblem } from './report.ts';

/** Any language: without an extension for YAML, or with the file's own association, it is a glossary all the same. */
const selector: vscode.DocumentFilter = { pattern: '**/.khipu/khipu.yml' };

/** After the last letter that was typed, in milliseconds. */
const restMs = 250;

export interface GlossaryMeans {
  readonly files: () => Promise<GlossaryFiles>;
  readonly active: ActiveConnection;
  readonly list: ConnectionList;
  readonly connections: LazyConnections;
  /** A glossary of the workspace is another one now. */
  readonly onDidChange: () => void;
  readonly log: vscode.LogOutputChannel;
}

export class GlossarySurface implements vscode.Disposable {
  readonly #means: GlossaryMeans;
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('khipu-glossary');
  readonly #checks = new Map<string, AbortController>();
  readonly #disposables: vscode.Disposable[];

  constructor(means: GlossaryMeans) {
    this.#means = means;
    const files = vscode.workspace.createFileSystemWatcher(selector.pattern as string);
    this.#disposables = [
      this.#diagnostics,
      files,
      files.onDidChange(means.onDidChange),
      files.onDidCreate(means.onDidChange),
      files.onDidDelete(means.onDidChange),
      vscode.workspace.onDidChangeWorkspaceFolders(means.onDidChange),
      vscode.workspace.onDidGrantWorkspaceTrust(means.onDidChange),
      vscode.workspace.onDidOpenTextDocument((document) => this.#check(document, 0)),
      // Meanwhile another connection may have been taken into use.
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor !== undefined) this.#check(editor.document, 0);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#check(document, restMs)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
      vscode.languages.registerCompletionItemProvider(
        selector,
        { provideCompletionItems: (document, position) => this.#complete(document, position) },
        ...['.', ' ', '[', '-'],
      ),
    ];
    this.refresh();
  }

  /** The connection in use, or its catalog, is another one now. */
  refresh(): void {
    for (const document of vscode.workspace.textDocuments) this.#check(document, 0);
  }

  dispose(): void {
    for (const check of this.#checks.values()) check.abort();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  /** Checks a glossary after a while in which nothing else happens to it. */
  #check(document: vscode.TextDocument, afterMs: number): void {
    if (vscode.languages.match(selector, document) === 0) return;
    const key = document.uri.toString();
    this.#checks.get(key)?.abort();
    const check = new AbortController();
    this.#checks.set(key, check);
    const timer = setTimeout(() => {
      this.#mark(document, check.signal).catch((thrown: unknown) => logProblem(thrown, this.#means.log));
    }, afterMs);
    check.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  async #mark(document: vscode.TextDocument, signal: AbortSignal): Promise<void> {
    const { glossaryDiagnostics } = await import('./firstUse.ts');
    const found = await glossaryDiagnostics(document, await this.#means.files(), this.#names(), signal);
    if (!signal.aborted) this.#diagnostics.set(document.uri, found);
  }

  #forget(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    this.#checks.get(key)?.abort();
    this.#checks.delete(key);
    this.#diagnostics.delete(document.uri);
  }

  async #complete(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.CompletionList> {
    const { glossaryCompletions } = await import('./firstUse.ts');
    return glossaryCompletions(document, position, this.#names());
  }

  /** The names that there are, as far as they are known now. */
  #names(): NamesNow {
    const { active, list, connections } = this.#means;
    const { id } = active;
    const entries = list.entries();
    return {
      catalog: id === undefined ? undefined : connections.current(id)?.catalog,
      connection: entries.find((entry) => entry.id === id)?.name,
      connections: entries.map(({ name }) => name),
    };
  }
}

/** Names of the connection in use and of all connections. */
export interface NamesNow {
  readonly catalog: Catalog | undefined;
  readonly connection: string | undefined;
  readonly connections: readonly string[];
}
