/** Opens a document at the passage that an answer cites. */
import * as vscode from 'vscode';
import { KhipuError } from '../shared/errors.ts';
import type { Citation } from '../shared/resultsProtocol.ts';
import { columnBesideResults } from './resultsPanel.ts';

/**
 * Shows the passage; of a PDF the document, for VS Code has no pages to go to.
 * @throws KhipuError `file-failed` when it is gone
 */
export async function openSource({ path, file, unit, from, to }: Citation): Promise<void> {
  const uri = vscode.Uri.file(path);
  try {
    await vscode.workspace.fs.stat(uri);
  } catch (thrown) {
    const hint = 'Ask again: the answer will cite what there is now.';
    throw new KhipuError('file-failed', `${file} is gone.`, { subject: file, hint }, { cause: thrown });
  }
  const viewColumn = columnBesideResults();
  if (unit === 'page') {
    await vscode.commands.executeCommand('vscode.open', uri, { viewColumn });
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const last = document.lineAt(Math.min(to, document.lineCount) - 1);
  const first = document.lineAt(Math.min(from, document.lineCount) - 1);
  const selection = new vscode.Range(first.range.start, last.range.end);
  await vscode.window.showTextDocument(document, { viewColumn, selection, preview: true });
}
