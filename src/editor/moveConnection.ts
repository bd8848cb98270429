/** Moves a connection between the settings of the user and of the workspace. */
import * as vscode from 'vscode';
import { KhipuError } from '../shared/errors.ts';
import type { ConnectionList } from './connectionList.ts';
import { canSaveInWorkspace } from './settings.ts';

/** From the user's settings to the workspace's or back, after a question. Its secrets stay where they are. */
export async function moveConnection(list: ConnectionList, id: string): Promise<void> {
  const { profile, scope, password } = await list.load(id);
  const to = scope === 'user' ? 'workspace' : 'user';
  if (to === 'workspace' && !canSaveInWorkspace()) {
    throw new KhipuError('invalid-input', 'There is no workspace to move it to.', {
      hint: 'Open a folder, and trust it, to keep connections in its settings.',
    });
  }
  const [what, detail] =
    to === 'workspace'
      ? [
          `Move ${profile.name} to the settings of this workspace?`,
          'Everyone who has this folder will see where it leads. Its password stays in your secret storage.',
        ]
      : [
          `Move ${profile.name} to your user settings?`,
          'It will be in every window, and no longer in this folder.',
        ];
  const move = 'Move';
  const chosen = await vscode.window.showInformationMessage(what, { modal: true, detail }, move);
  if (chosen === move) await list.save({ profile, scope: to, password });
}
