/** Starts the language server when the first .sql document is opened, and stops it at the end. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';

export class SqlLanguage implements vscode.Disposable {
  readonly #entry: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #opened: vscode.Disposable;
  #client: Promise<LanguageClient> | undefined;

  /** @param entry absolute path of the server's bundle */
  constructor(entry: string, log: vscode.LogOutputChannel) {
    this.#entry = entry;
    this.#log = log;
    this.#opened = vscode.workspace.onDidOpenTextDocument((document) => this.#startFor(document));
    for (const document of vscode.workspace.textDocuments) this.#startFor(document);
  }

  #startFor(document: vscode.TextDocument): void {
    if (document.languageId !== 'sql' || this.#client !== undefined) return;
    this.#client = this.#start();
    this.#client.catch((error: unknown) =>
      this.#log.error(`SQL diagnostics could not start: ${String(error)}`),
    );
  }

  async #start(): Promise<LanguageClient> {
    // The client is heavy and not needed before a .sql file is open.
    // By its default: that is all a package in CommonJS has once the extension is split into parts.
    const { default: client } = await import('vscode-languageclient/node');
    const { LanguageClient, TransportKind } = client;
    const server = { module: this.#entry, transport: TransportKind.ipc };
    const started = new LanguageClient('khipu.sql', 'Khipu SQL', server, {
      documentSelector: [
        { language: 'sql', scheme: 'file' },
        { language: 'sql', scheme: 'untitled' },
        { language: 'sql', scheme: 'vscode-remote' },
      ],
      outputChannel: this.#log,
    });
    await started.start();
    return started;
  }

  /** Ends the server's process; resolves when it is gone. */
  async stop(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    await client?.dispose(2000);
  }

  dispose(): void {
    this.#opened.dispose();
  }
}
