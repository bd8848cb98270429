/** Buttons in .sql files: Generate SQL and Ask above a comment, Run above a statement. */
import * as vscode from 'vscode';
import { readScript, splitStatements, statementAt, type CommentBlock } from '../database/statements.ts';
import { KhipuError } from '../shared/errors.ts';
import type { AskSurface } from './ask.ts';
import type { AskOutcome } from './askOutcome.ts';
import { commands } from './contributions.ts';
import { registerCommand } from './report.ts';
import { readRunOptions } from './runOptions.ts';
import type { ScriptOutcome } from './scriptInView.ts';
import type { GenerateSql } from './sqlGeneration.ts';

/** Larger files get no buttons: reading one would hold the editor. In UTF-16 units. */
const sizeLimit = 300_000;

export class InlineSql implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #disposables: vscode.Disposable[];
  readonly #ask: () => Promise<AskSurface>;
  readonly #generate: GenerateSql;

  constructor(ask: () => Promise<AskSurface>, generate: GenerateSql, log: vscode.LogOutputChannel) {
    this.#ask = ask;
    this.#generate = generate;
    const selector: vscode.DocumentSelector = [
      { language: 'sql', scheme: 'file' },
      { language: 'sql', scheme: 'untitled' },
      { language: 'sql', scheme: 'vscode-remote' },
    ];
    this.#disposables = [
      vscode.languages.registerCodeLensProvider(selector, this),
      registerCommand(commands.generateSql, log, (uri, offset) => this.#onGenerate(uri, offset)),
      registerCommand(commands.askComment, log, (uri, offset) => this.#onAsk(uri, offset)),
      registerCommand(commands.runStatement, log, (uri, offset, options) =>
        this.#onRun(uri, offset, options),
      ),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const text = document.getText();
    if (text.length > sizeLimit) return [];
    const { statements, commentBlocks } = readScript(text);
    const lens = (offset: number, title: string, command: string, tooltip: string): vscode.CodeLens =>
      new vscode.CodeLens(lineRange(document, offset), {
        title,
        command,
        tooltip,
        arguments: [document.uri, offset],
      });
    // What stands in that file is answered already.
    const questions = document.uri.path.endsWith('/.khipu/verified.sql')
      ? []
      : commentBlocks.filter(isQuestion);
    return [
      ...questions.flatMap(({ start, statement }) => [
        lens(
          start,
          '$(sparkle) Generate SQL',
          commands.generateSql,
          statement === undefined
            ? 'Write the statement for this comment below it'
            : 'Write the statement for this comment anew, in place of the one below it',
        ),
        lens(start, '$(comment) Ask', commands.askComment, 'Answer this comment and show the rows'),
      ]),
      ...statements.map(({ start }) =>
        lens(start, '$(play) Run', commands.runStatement, 'Run this statement, read-only'),
      ),
    ];
  }

  async #onGenerate(uri: unknown, offset: unknown): Promise<string | undefined> {
    const { document, offset: at } = await place(uri, offset);
    const block = blockAt(document, at);
    const sql = await this.#generate(block.prose, document.uri);
    if (sql === undefined) return undefined;
    // The document may have changed while the model wrote: the comment is looked up again by what it says.
    const now = readScript(document.getText()).commentBlocks.filter((each) => each.prose === block.prose);
    const target = now.toSorted((a, b) => Math.abs(a.start - at) - Math.abs(b.start - at))[0];
    if (target === undefined) {
      throw new KhipuError(
        'invalid-input',
        'The comment is no longer in the file, so the SQL was not written.',
        { sql },
      );
    }
    await writeBelow(document, target, sql);
    return sql;
  }

  async #onAsk(uri: unknown, offset: unknown): Promise<AskOutcome | undefined> {
    const { document, offset: at } = await place(uri, offset);
    return (await this.#ask()).ask(blockAt(document, at).prose, document.uri);
  }

  /** A selection of several statements is a script. */
  async #onRun(
    uri: unknown,
    offset: unknown,
    options: unknown,
  ): Promise<AskOutcome | ScriptOutcome | undefined> {
    const { parameters } = readRunOptions(uri, options);
    const { document, offset: at, selected } = await place(uri, offset);
    if (selected !== undefined && splitStatements(selected).length > 1)
      return vscode.commands.executeCommand(commands.runScript, document.uri, { parameters });
    const sql = selected ?? statementAt(document.getText(), at)?.text;
    if (sql === undefined) throw new KhipuError('invalid-input', 'There is no statement at the cursor.');
    return (await this.#ask()).run({ sql, file: document.uri, offset: at, parameters });
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}

/** A comment that could be a question: words, and not SQL that was commented out. */
function isQuestion({ prose }: CommentBlock): boolean {
  return (
    /\p{L}{2,}\s+\p{L}/u.test(prose) &&
    !/^\s*(?:select|insert|update|delete|create|drop|alter|with)\b/i.test(prose)
  );
}

/** Where a command works: the place that a CodeLens gave, or the cursor or selection of the editor in front. */
async function place(
  uri: unknown,
  offset: unknown,
): Promise<{ document: vscode.TextDocument; offset: number; selected: string | undefined }> {
  if (uri instanceof vscode.Uri && typeof offset === 'number')
    return { document: await vscode.workspace.openTextDocument(uri), offset, selected: undefined };
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) throw new KhipuError('invalid-input', 'Open a .sql file first.');
  const { document, selection } = editor;
  const selected = document.getText(selection);
  return {
    document,
    offset: document.offsetAt(selection.active),
    selected: selected.trim() === '' ? undefined : selected,
  };
}

function blockAt(document: vscode.TextDocument, offset: number): CommentBlock {
  const blocks = readScript(document.getText()).commentBlocks;
  const block = blocks.find(
    ({ start, end, statement }) => start <= offset && offset <= (statement?.terminatedEnd ?? end),
  );
  if (block === undefined)
    throw new KhipuError('invalid-input', 'There is no comment at the cursor to generate from.');
  return block;
}

/** Puts the statement below its comment, in place of the one that stands there: one edit, one step to undo. */
async function writeBelow(document: vscode.TextDocument, block: CommentBlock, sql: string): Promise<void> {
  const eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
  const text = `${sql.trim().replace(/;$/, '')};`.replaceAll(/\r?\n/g, eol);
  const edit = new vscode.WorkspaceEdit();
  const at = (start: number, end: number): vscode.Range =>
    new vscode.Range(document.positionAt(start), document.positionAt(end));
  if (block.statement === undefined) edit.insert(document.uri, document.positionAt(block.end), eol + text);
  else edit.replace(document.uri, at(block.statement.start, block.statement.terminatedEnd), text);
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new KhipuError('invalid-input', 'The file could not be changed, so the SQL was not written.', {
      sql,
    });
  }
}

function lineRange(document: vscode.TextDocument, offset: number): vscode.Range {
  const { line } = document.positionAt(offset);
  return new vscode.Range(line, 0, line, 0);
}
