/** Show What Was Sent, and Copy for a Bug Report: the traces of this session's last questions, kept in memory only. */
import * as vscode from 'vscode';
import type { ConnectionProfile } from '../database/profile.ts';
import type { ConnectionNames } from '../query/bugReport.ts';
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
  readonly #traces = new Map<string, KeptTrace>();
  readonly #profileOf: (connectionId: string) => NamedProfile | undefined;
  readonly onDidChange = this.#changed.event;
  /** Another trace is there. */
  readonly onDidKeep = this.#kept.event;

  /** @param profileOf the connection of a trace, as far as it is still known: its names are kept out of bug reports */
  constructor(log: vscode.LogOutputChannel, profileOf: (connectionId: string) => NamedProfile | undefined) {
    this.#profileOf = profileOf;
    this.#disposables = [
      this.#changed,
      this.#kept,
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      registerCommand(commands.copyBugReport, log, (argument) => this.#copyReport(argument)),
      registerCommand(commands.showSent, log, (argument) => this.#show(idOf(argument))),
    ];
  }

  /** Keeps a trace under the id of its question; it is the one that is shown when none is named. */
  keep(trace: Trace, id: string): void {
    this.#traces.delete(id);
    this.#traces.set(id, { trace, names: namesOf(this.#profileOf(trace.connection)) });
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
    const kept = this.#traces.get(idIn(uri));
    if (kept !== undefined) return renderTrace(kept.trace);
    return this.#traces.size === 0
      ? 'No question has been asked yet, so nothing was sent.'
      : `What was sent is kept for the last ${mostTraces} questions of a session only.`;
  }

  /** Of the document that the button stands over, of the one that is looked at, or of the last question. */
  async #copyReport(argument: unknown): Promise<void> {
    const looked = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
    const id = looked?.scheme === scheme ? idIn(looked) : [...this.#traces.keys()].at(-1);
    const kept = id === undefined ? undefined : this.#traces.get(id);
    if (kept === undefined) {
      const why = 'There is no question to report, or what was sent for it is not known any more.';
      throw new KhipuError('invalid-input', why, { hint: 'Ask the question (again), and copy then.' });
    }
    const { renderBugReport } = await import('./firstUse.ts');
    await vscode.env.clipboard.writeText(renderBugReport(kept.trace, kept.names));
    void vscode.window.showInformationMessage(
      'Copied without values, rows, prompts and names of the connection. Names of schemas, tables and columns are in it, so read it before you post it.',
    );
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

interface KeptTrace {
  readonly trace: Trace;
  /** Of the connection, as it was then: it may be gone when a report is made. */
  readonly names: ConnectionNames;
}

type NamedProfile = Pick<ConnectionProfile, 'name' | 'host' | 'user' | 'database' | 'ssh'>;

function namesOf(profile: NamedProfile | undefined): ConnectionNames {
  if (profile === undefined) return {};
  const { name, host, user, database, ssh } = profile;
  return { name, database, user, host, 'ssh user': ssh?.user, 'ssh host': ssh?.host };
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
