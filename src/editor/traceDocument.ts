/** Show What Was Sent: the trace of the last question as a read-only document, kept in memory only. */
import * as vscode from 'vscode';
import { renderTrace, type Trace } from '../query/trace.ts';
import { commands } from './contributions.ts';
import { registerCommand } from './report.ts';

const scheme = 'khipu-trace';

export class TraceDocument implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #disposables: vscode.Disposable[];
  #last: Trace | undefined;
  readonly onDidChange = this.#changed.event;

  constructor(log: vscode.LogOutputChannel) {
    this.#disposables = [
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      registerCommand(commands.showSent, log, () => this.#show()),
    ];
  }

  /** Makes this the trace that is shown. */
  keep(trace: Trace): void {
    this.#last = trace;
    this.#changed.fire(this.#uri());
  }

  provideTextDocumentContent(): string {
    return this.#last === undefined
      ? 'No question has been asked yet, so nothing was sent.'
      : renderTrace(this.#last);
  }

  async #show(): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.#uri());
    await vscode.window.showTextDocument(document, { preview: true });
  }

  #uri(): vscode.Uri {
    return vscode.Uri.from({ scheme, path: 'What Was Sent.md' });
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
