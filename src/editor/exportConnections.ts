/** Writes connections into a file, without any secret: which ones, and where to, is asked. */
import * as vscode from 'vscode';
import { formatCommandLine } from '../database/commandWords.ts';
import type { ConnectionProfile } from '../database/profile.ts';
import { whereOf } from '../database/profileLook.ts';
import { KhipuError } from '../shared/errors.ts';
import { connectionFileText, namesOf } from './connectionFile.ts';
import type { ConnectionList } from './connectionList.ts';

/**
 * Exports connections.
 * @param only the id of the one that the command was called on; all are offered when undefined
 * @param target where to; asked for when undefined, and then all are exported without a question
 * @returns the file that was written; undefined when the user turned away
 */
export async function exportConnections(
  list: ConnectionList,
  only: string | undefined,
  target: vscode.Uri | undefined,
): Promise<vscode.Uri | undefined> {
  const all = list.saved().map(({ profile }) => profile);
  if (all.length === 0) throw new KhipuError('invalid-input', 'There is no saved connection to export.');
  const chosen = target === undefined ? await choose(all, only) : all;
  if (chosen === undefined || chosen.length === 0) return undefined;
  const file = target ?? (await askWhereTo());
  if (file === undefined) return undefined;
  try {
    await vscode.workspace.fs.writeFile(file, Buffer.from(connectionFileText(chosen), 'utf8'));
  } catch (cause) {
    throw new KhipuError('invalid-input', `${file.fsPath} could not be written.`, {}, { cause });
  }
  void tell(chosen, file);
  return file;
}

async function choose(
  all: readonly ConnectionProfile[],
  only: string | undefined,
): Promise<readonly ConnectionProfile[] | undefined> {
  const items = all.map((profile) => ({
    profile,
    label: profile.name,
    description: whereOf(profile),
    picked: only === undefined || profile.id === only,
    ...(profile.passwordCommand === undefined
      ? {}
      : { detail: `$(warning) with its password command: ${formatCommandLine(profile.passwordCommand)}` }),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Export Connections',
    placeHolder: 'Passwords and passphrases stay here; nothing secret is written.',
    canPickMany: true,
  });
  return picked?.map(({ profile }) => profile);
}

function askWhereTo(): Thenable<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = 'khipu-connections.json';
  return vscode.window.showSaveDialog({
    title: 'Export Connections',
    saveLabel: 'Export',
    filters: { JSON: ['json'] },
    defaultUri: folder === undefined ? vscode.Uri.file(name) : vscode.Uri.joinPath(folder, name),
  });
}

async function tell(chosen: readonly ConnectionProfile[], file: vscode.Uri): Promise<void> {
  const running = chosen.filter(({ passwordCommand }) => passwordCommand !== undefined);
  const count = chosen.length === 1 ? 'One connection was' : `${chosen.length} connections were`;
  const warning =
    running.length === 0
      ? ''
      : ` The password commands of ${namesOf(running)} are in the file: see that they hold no secret.`;
  const open = 'Open File';
  const show = running.length === 0 ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const pressed = await show(`${count} exported, without passwords.${warning}`, open);
  if (pressed === open) await vscode.window.showTextDocument(file);
}
