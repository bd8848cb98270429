/** Mark as Verified: keeps a question with the SQL that answers it, for the team in the workspace or for the user alone. */
import * as vscode from 'vscode';
import type { Answers } from '../answers.ts';
import { readParameters } from '../database/parameters.ts';
import { statementAt } from '../database/statements.ts';
import { columnsText } from '../rag/verifiedText.ts';
import { KhipuError } from '../shared/errors.ts';
import type { ActiveConnection } from './activeConnection.ts';
import type { AskSurface } from './ask.ts';
import { commentAbove } from './askRequest.ts';
import { isSql } from './fileConnections.ts';
import type { LazyConnections } from './lazyParts.ts';
import { signalOf } from './report.ts';
import type { VerifiedBook } from './verifiedBook.ts';
import { questionInWords } from './shownQuestion.ts';

export interface MarkVerifiedParts {
  readonly book: VerifiedBook;
  readonly ask: AskSurface;
  readonly answers: Pick<Answers, 'run'>;
  readonly connections: LazyConnections;
  readonly active: ActiveConnection;
  readonly state: vscode.Memento;
  /** Told when a file has changed. */
  readonly onKept: () => void;
}

/** What is to be kept, before the user has said where. */
interface Candidate {
  readonly connectionId: string;
  readonly question: string;
  readonly sql: string;
  readonly returns: string;
}

/** What became of it, for those who call the command. */
export interface KeptQuestion {
  readonly question: string;
  readonly file: string;
  readonly replaced: boolean;
}

/** Where the last one was kept is offered first. */
const lastKey = 'verified.lastPlace';

/**
 * @param argument `'shown'` for the answer in the results view; without it, the statement at the cursor of a .sql editor, else
 *   that answer
 * @returns undefined when the user leaves
 */
export async function markVerified(
  parts: MarkVerifiedParts,
  argument: unknown,
): Promise<KeptQuestion | undefined> {
  const editor = argument === 'shown' ? undefined : vscode.window.activeTextEditor;
  const candidate =
    editor !== undefined && isSql(editor.document) ? await atCursor(parts, editor) : shownAnswer(parts.ask);
  if (candidate === undefined) return undefined;
  if (readParameters(candidate.sql).names.length > 0) {
    throw new KhipuError('invalid-input', 'A statement with parameters cannot be verified.', {
      hint: 'Write the values into it, for it has to run by itself.',
    });
  }
  const question = await askForWords(candidate.question);
  if (question === undefined) return undefined;
  const file = await choosePlace(parts, candidate.connectionId);
  if (file === undefined) return undefined;
  const { sql, returns, connectionId } = candidate;
  const databases = [parts.book.databaseOf(connectionId)];
  const replaced = await parts.book.keep(file, { question, sql, returns, databases });
  parts.onKept();
  parts.ask.accept();
  parts.ask.markShown(candidate.sql);
  void tell(file, replaced);
  return { question, file: file.toString(), replaced };
}

function shownAnswer({ answered }: AskSurface): Candidate {
  if (answered === undefined) {
    throw new KhipuError('invalid-input', 'There is no answer to mark as verified.', {
      hint: 'Ask a question or run a statement first, or put the cursor into a statement of a .sql file.',
    });
  }
  const { header, columns, connectionId, comment } = answered;
  const question = questionInWords(header) ?? comment ?? '';
  return { connectionId, question, sql: header.sql, returns: columnsText(columns) };
}

/** Runs it: what fails is not verified, and its columns are kept with it. */
async function atCursor(
  { active, connections, answers }: MarkVerifiedParts,
  { document, selection }: vscode.TextEditor,
): Promise<Candidate | undefined> {
  const text = document.getText();
  const statement = statementAt(text, document.offsetAt(selection.active));
  if (statement === undefined) throw new KhipuError('invalid-input', 'There is no statement at the cursor.');
  const connectionId = await active.idOrAsk(document.uri);
  if (connectionId === undefined) return undefined;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Running the statement to verify',
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (_, token) => {
    const signal = signalOf(token);
    const connected = await connections.connect(connectionId, signal);
    const { rows, header } = await answers.run({ sql: statement.text }, connected, signal);
    const returns = columnsText(rows.columns);
    await rows.close();
    return { connectionId, question: commentAbove(text, statement.start) ?? '', sql: header.sql, returns };
  });
}

async function askForWords(question: string): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title: 'Mark as Verified',
    prompt: 'The question that this SQL answers. Whoever asks it again gets this SQL, without a model.',
    value: question,
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? 'Write the question that this SQL answers.' : undefined),
  });
  return typed?.trim();
}

interface Place extends vscode.QuickPickItem {
  readonly file: vscode.Uri;
  readonly key: string;
}

/** Without a workspace there is one place only, and nothing to ask. */
async function choosePlace(
  { book, state }: MarkVerifiedParts,
  connectionId: string,
): Promise<vscode.Uri | undefined> {
  const alone: Place = {
    label: '$(lock) For me only',
    detail: 'Kept on this machine, for this connection.',
    file: book.privateFile(connectionId),
    key: 'private',
  };
  const shared = book.workspaceFiles().map((file): Place => ({
    label: '$(repo) In the workspace',
    description: vscode.workspace.asRelativePath(file),
    detail: 'Reviewed and shared together with the code.',
    file,
    key: file.toString(),
  }));
  if (shared.length === 0) return alone.file;
  const last = state.get<string>(lastKey);
  const places = [...shared, alone].sort((a, b) => Number(b.key === last) - Number(a.key === last));
  const chosen = await vscode.window.showQuickPick(places, {
    title: 'Mark as Verified',
    placeHolder: 'Where is it kept?',
    ignoreFocusOut: true,
  });
  if (chosen !== undefined) await state.update(lastKey, chosen.key);
  return chosen?.file;
}

async function tell(file: vscode.Uri, replaced: boolean): Promise<void> {
  const open = 'Open';
  const where =
    vscode.workspace.getWorkspaceFolder(file) === undefined
      ? 'for you only'
      : vscode.workspace.asRelativePath(file);
  const said = replaced ? `Verified, in place of the one before: ${where}.` : `Verified: ${where}.`;
  if ((await vscode.window.showInformationMessage(said, open)) === open)
    await vscode.window.showTextDocument(file);
}
