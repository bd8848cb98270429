/** Explain, Fix and Optimise with Khipu: what a model says of the statement at the cursor, and its SQL as a change to be applied. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { statementAt } from '../database/statements.ts';
import type { HelpKind } from '../query/helpPrompt.ts';
import type { StatementHelp } from '../query/statementHelp.ts';
import { startTrace } from '../query/trace.ts';
import { KhipuError } from '../shared/errors.ts';
import type { HelpWithStatement } from '../statementHelp.ts';
import type { ActiveConnection } from './activeConnection.ts';
import { commands } from './contributions.ts';
import { isSql } from './fileConnections.ts';
import type { LazyConnections } from './lazyParts.ts';
import { reportProblem, signalOf } from './report.ts';
import { explanationText, verdictWords } from './statementHelpWords.ts';
import type { TraceDocument } from './traceDocument.ts';

export interface StatementHelpParts {
  readonly help: HelpWithStatement;
  readonly connections: Pick<LazyConnections, 'connect'>;
  readonly active: ActiveConnection;
  readonly traces: TraceDocument;
  readonly log: vscode.LogOutputChannel;
}

const scheme = 'khipu-help';

/** So many texts are kept; each is as long as the file that it changes. */
const mostTexts = 20;

const titles: Readonly<Record<HelpKind, string>> = {
  explain: 'Explaining the statement',
  fix: 'Fixing the statement',
  optimise: 'Optimising the statement',
};

/** A statement, and where it stands. */
interface Place {
  readonly document: vscode.TextDocument;
  readonly start: number;
  readonly sql: string;
}

/** Keeps the texts that it shows, which are read-only: the last ones only. */
export class StatementHelper implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #parts: StatementHelpParts;
  readonly #texts = new Map<string, string>();
  readonly #provider: vscode.Disposable;
  #count = 0;

  constructor(parts: StatementHelpParts) {
    this.#parts = parts;
    this.#provider = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  /**
   * The commands. Nothing that a model writes is run or put into the file before the user applies it.
   * @throws KhipuError of any room; `invalid-input` without a statement
   */
  async run(kind: HelpKind): Promise<StatementHelp | undefined> {
    const { active, connections, help, traces } = this.#parts;
    const place = atCursor();
    const connectionId = await active.idOrAsk(place.document.uri);
    if (connectionId === undefined) return undefined;
    const found = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: titles[kind], cancellable: true },
      async (_progress, token) => {
        const signal = signalOf(token);
        const trace = startTrace(`${titles[kind]}: ${place.sql}`, connectionId, place.sql);
        try {
          const connected = await connections.connect(connectionId, signal);
          const asked = { kind, sql: place.sql, language: vscode.env.language };
          return await help(asked, connected, trace, signal);
        } finally {
          traces.keep(trace, randomUUID());
        }
      },
    );
    if (found.sql !== undefined && found.sql !== place.sql) await this.#offer(found, found.sql, place);
    else await this.#tell(found, place);
    return found;
  }

  async #tell(found: StatementHelp, { sql }: Place): Promise<void> {
    const uri = this.#keep('Statement.md', explanationText(found, sql));
    await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  }

  /** The change against the file, and what is to be known of it; applied only when the user presses Apply. */
  async #offer(found: StatementHelp, sql: string, place: Place): Promise<void> {
    const { document } = place;
    const text = document.getText();
    const changed = text.slice(0, place.start) + sql + text.slice(place.start + place.sql.length);
    const uri = this.#keep(document.uri.path.split('/').at(-1) ?? 'Statement.sql', changed);
    const name = found.kind === 'fix' ? 'Fix with Khipu' : 'Optimise with Khipu';
    await vscode.commands.executeCommand('vscode.diff', document.uri, uri, `${name} (not applied)`);
    const chosen = vscode.window.showInformationMessage(verdictWords(found), 'Apply', 'Show What Was Sent');
    // Not awaited: the notification stays open for as long as the user likes.
    void Promise.resolve(chosen)
      .then(async (button) => {
        if (button === 'Apply') await apply(place, sql, uri);
        else if (button !== undefined) await vscode.commands.executeCommand(commands.showSent);
      })
      .catch((error: unknown) => reportProblem(error, this.#parts.log));
  }

  #keep(name: string, text: string): vscode.Uri {
    this.#count += 1;
    const uri = vscode.Uri.from({ scheme, path: `/${this.#count}/${name}` });
    this.#texts.set(uri.toString(), text);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > mostTexts && oldest !== undefined) this.#texts.delete(oldest);
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.#provider.dispose();
  }
}

/** The selection, or the statement at the cursor. */
function atCursor(): Place {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !isSql(editor.document))
    throw new KhipuError('invalid-input', 'There is no .sql file in front.', {
      hint: 'Put the cursor into a statement of a .sql file.',
    });
  const { document, selection } = editor;
  const selected = document.getText(selection);
  if (selected.trim() !== '') return { document, start: document.offsetAt(selection.start), sql: selected };
  const statement = statementAt(document.getText(), document.offsetAt(selection.active));
  if (statement === undefined) throw new KhipuError('invalid-input', 'There is no statement at the cursor.');
  return { document, start: statement.start, sql: statement.text };
}

/** @throws KhipuError `invalid-input` when the text is not what it was */
async function apply({ document, start, sql }: Place, changed: string, shown: vscode.Uri): Promise<void> {
  const range = new vscode.Range(document.positionAt(start), document.positionAt(start + sql.length));
  if (document.getText(range) !== sql)
    throw new KhipuError('invalid-input', 'The file has changed since: nothing was applied.', {
      hint: 'Run the command again.',
    });
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, range, changed);
  await vscode.workspace.applyEdit(edit);
  const diff = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .find(
      ({ input }) =>
        input instanceof vscode.TabInputTextDiff && input.modified.toString() === shown.toString(),
    );
  if (diff !== undefined) await vscode.window.tabGroups.close(diff);
  await vscode.window.showTextDocument(document);
}
