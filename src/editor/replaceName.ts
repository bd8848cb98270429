/** Writes a name that exists in the place of one that does not, in the file where the statement stands. */
import * as vscode from 'vscode';
import { nameReplacement } from '../query/nameReplacement.ts';
import type { Problem } from '../shared/resultsProtocol.ts';
import type { WrittenStatement } from './askRequest.ts';

/**
 * Changes the file, as an edit that can be undone.
 * @returns the statement as it is now; undefined when the file does not hold it any more: then the name is on the clipboard
 */
export async function replaceName(
  { file, offset, sql }: Pick<WrittenStatement, 'file' | 'offset' | 'sql'>,
  { sql: faulty, position }: Pick<Problem, 'sql' | 'position'>,
  candidate: string,
): Promise<string | undefined> {
  const found =
    faulty !== sql || position === undefined ? undefined : nameReplacement(sql, position, candidate);
  const document = await vscode.workspace.openTextDocument(file);
  const end = document.positionAt(offset + sql.length);
  const isThere = document.getText(new vscode.Range(document.positionAt(offset), end)) === sql;
  if (found === undefined || !isThere) {
    await vscode.env.clipboard.writeText(candidate);
    void vscode.window.showInformationMessage(
      `The statement has changed since it was run. ${candidate} is on the clipboard.`,
    );
    return undefined;
  }
  const edit = new vscode.WorkspaceEdit();
  const range = new vscode.Range(
    document.positionAt(offset + found.start),
    document.positionAt(offset + found.end),
  );
  edit.replace(file, range, found.text);
  await vscode.workspace.applyEdit(edit);
  return sql.slice(0, found.start) + found.text + sql.slice(found.end);
}
