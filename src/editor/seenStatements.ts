/** The statements that Run as Write is about: whole ones, in an editor, before the user's eyes. */
import * as vscode from 'vscode';
import type { SqlParser } from '../database/parse.ts';
import { splitStatements, statementAt } from '../database/statements.ts';
import { WriteSql } from '../database/writeDoor.ts';
import { KhipuError } from '../shared/errors.ts';
import { isSql } from './fileConnections.ts';

export interface SeenStatements {
  readonly editor: vscode.TextEditor;
  readonly range: vscode.Range;
  /** Each without its `;`. */
  readonly texts: readonly string[];
}

/**
 * Those in the selection, or the one at the cursor; of a file that is named, the one at `offset`, after it has been shown.
 * @throws KhipuError `invalid-input` when there is none, or what is there is no SQL file
 */
export async function seenStatements(uri: unknown, offset: unknown): Promise<SeenStatements> {
  const isNamed = uri instanceof vscode.Uri && typeof offset === 'number';
  const editor = isNamed ? await shown(uri) : vscode.window.activeTextEditor;
  if (editor === undefined || !isSql(editor.document)) {
    throw new KhipuError('invalid-input', 'Run as Write runs what stands in a .sql file.', {
      hint: 'Open one, and put the cursor into the statement.',
    });
  }
  const { document, selection } = editor;
  if (!isNamed && !selection.isEmpty) return selected(editor);
  const at = isNamed ? offset : document.offsetAt(selection.active);
  const statement = statementAt(document.getText(), at);
  if (statement === undefined) throw new KhipuError('invalid-input', 'There is no statement at the cursor.');
  const range = new vscode.Range(document.positionAt(statement.start), document.positionAt(statement.end));
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return { editor, range, texts: [statement.text] };
}

async function shown(uri: vscode.Uri): Promise<vscode.TextEditor> {
  const visible = vscode.window.visibleTextEditors.find(
    ({ document }) => document.uri.toString() === uri.toString(),
  );
  return visible ?? vscode.window.showTextDocument(uri);
}

function selected(editor: vscode.TextEditor): SeenStatements {
  const texts = splitStatements(editor.document.getText(editor.selection)).map(({ text }) => text);
  if (texts.length === 0) throw new KhipuError('invalid-input', 'There is no statement in the selection.');
  return { editor, range: editor.selection, texts };
}

/**
 * What was seen, as what may be run: this is the one place where a text becomes a statement that may write.
 * @throws KhipuError `write-refused` or `sql-syntax` about the first that does not pass
 */
export function readSeen(parser: SqlParser, { texts }: SeenStatements): readonly WriteSql[] {
  return texts.map((text) => WriteSql.fromSeenText(parser, text));
}
