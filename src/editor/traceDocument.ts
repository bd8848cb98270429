/** Show What Was Sent: the traces of this session's last questions as read-only documents, kept in memory only. */
import * as vscode from 'vscode';
import { renderTrace, type Trace } from '../query/trace.ts';
import { KhipuError } from '../shared/errors.ts';
import { commands } from './contributions.ts';
import { registerCommand } from './report.ts';

const scheme = 'khipu-trace';

/** Of so many questions the traces are kept; each is as long as what was sent. */
const mostTraces = 50;

export class TraceDocument implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #kept = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[];
  /** By the id of the question, oldest first. */
  readonly #traces = new Map<string, Trace>();
  readonly onDidChange = this.#changed.event;
  /** Another trace is there. */
  readonly onDidKeep = this.#kept.event;

  constructor(log: vscode.LogOutputChannel) {
    this.#disposables = [
      this.#changed,
      this.#kept,
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      registerCommand(commands.showSent, log, (argument) => this.#show(idOf(argument))),
    ];
  }

  /** Keeps a trace under the id of its question; it is the one that is shown when none is named. */
  keep(trace: Trace, id: string): void {
    this.#traces.delete(id);
    this.#traces.set(id, trace);
    const [oldest] = this.#traces.keys();
    if (this.#traces.size > mostTraces && oldest !== undefined) this.#traces.delete(oldest);
    this.#changed.fire(uriOf(id));
    this.#kept.fire();
  }

  /** Whether the trace of a question is still there. */
  has(id: string): boolean {
    return this.#traces.has(id);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const trace = this.#traces.get(idIn(uri));
    if (trace !== undefined) return renderTrace(trace);
    return this.#traces.size === 0
      ? 'No question has been asked yet, so nothing was sent.'
      : `What was sent is kept for the last ${mostTraces} questions of a session only.`;
  }

  async #show(id = [...this.#traces.keys()].at(-1) ?? 'none'): Promise<void> {
    if (id !== 'none' && !this.has(id)) {
      throw new KhipuError('invalid-input', 'What was sent for this question is not known any more.', {
        hint: `It is kept in memory, for the last ${mostTraces} questions of a session.`,
      });
    }
    const document = await vscode.workspace.openTextDocument(uriOf(id));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}

function uriOf(id: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${id}/What Was Sent.md` });
}

function idIn(uri: vscode.Uri): string {
  return uri.path.split('/')[1] ?? '';
}

/** The question's id: an item of the history, or the id itself; undefined for anything else that calls the command. */
function idOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('questionId' in argument)) return undefined;
  return typeof argument.questionId === 'string' ? argument.questionId : undefined;
}
