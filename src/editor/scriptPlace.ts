/** Shows where a statement of a script stands, also after the file has been changed. */
import * as vscode from 'vscode';
import type { ScriptItem } from '../database/scriptItems.ts';
import { KhipuError } from '../shared/errors.ts';

/**
 * @param position of what is wrong within the statement, a UTF-16 offset; the whole statement is selected when left out
 * @throws KhipuError `invalid-input` when the statement is no longer there
 */
export async function goToStatement(
  uri: vscode.Uri,
  item: ScriptItem,
  position: number | undefined,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const now = placeNow(document, item);
  const from = document.positionAt(now + (position ?? 0));
  const to = position === undefined ? document.positionAt(now + item.text.length) : from;
  await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(from, to),
    ...columnOf(uri),
  });
}

/**
 * Where a statement stands now, a UTF-16 offset.
 * @throws KhipuError `invalid-input` when it is no longer there
 */
export function placeNow(document: vscode.TextDocument, { text, start }: ScriptItem): number {
  const now = nearest(document.getText(), text, start);
  if (now === undefined)
    throw new KhipuError('invalid-input', 'The statement has been changed since it was run.');
  return now;
}

/** Where the text stands now: where it stood, or the place that is nearest. */
function nearest(whole: string, text: string, start: number): number | undefined {
  if (whole.startsWith(text, start)) return start;
  const before = whole.lastIndexOf(text, start);
  const after = whole.indexOf(text, start);
  if (before < 0 || after < 0) return Math.max(before, after) < 0 ? undefined : Math.max(before, after);
  return start - before < after - start ? before : after;
}

/** The file is shown where it is open already, and not a second time where the results are. */
function columnOf(uri: vscode.Uri): { readonly viewColumn?: vscode.ViewColumn } {
  const group = vscode.window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString()),
  );
  return { viewColumn: group?.viewColumn ?? vscode.ViewColumn.One };
}
