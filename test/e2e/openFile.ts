/** A file of the workspace, opened in the editor as a user would. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';

export interface OpenFile {
  readonly uri: vscode.Uri;
  readonly document: vscode.TextDocument;
  readonly editor: vscode.TextEditor;
  text(): string;
  /** Where this text starts, as an offset. */
  offset(of: string): number;
  /** Puts `text` in place of all that is there. */
  write(text: string): Promise<void>;
}

export function openSqlFile(content: string): Promise<OpenFile> {
  return openFile(content, 'sql');
}

/** @param ending of its name, without the dot */
export async function openFile(content: string, ending: string): Promise<OpenFile> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  const uri = vscode.Uri.joinPath(folder.uri, `${randomUUID()}.${ending}`);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(content, 'utf8'));
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document);
  return {
    uri,
    document,
    editor,
    text: () => document.getText(),
    offset(of) {
      const found = document.getText().indexOf(of);
      assert.notEqual(found, -1, `${of} is not in the file`);
      return found;
    },
    async write(text) {
      const edit = new vscode.WorkspaceEdit();
      edit.replace(
        uri,
        new vscode.Range(document.positionAt(0), document.lineAt(document.lineCount - 1).range.end),
        text,
      );
      assert.equal(await vscode.workspace.applyEdit(edit), true);
    },
  };
}
