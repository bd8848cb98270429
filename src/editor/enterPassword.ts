/** Has the password of a saved connection entered anew, and tries it. */
import * as vscode from 'vscode';
import { whereOf } from '../database/profileLook.ts';
import { connectWithProgress, mayDisconnect, type ConnectionCommandParts } from './connections.ts';

/** For a connection whose password is not stored, connecting asks for it or has it printed. */
export async function enterPassword(parts: ConnectionCommandParts, id: string): Promise<void> {
  const profile = parts.list.find(id)?.profile;
  if (profile === undefined) return;
  if (profile.passwordFrom === 'stored') {
    const password = await vscode.window.showInputBox({
      title: `Password for ${profile.name}`,
      prompt: `For ${whereOf(profile)}. It is kept in the secret storage of VS Code.`,
      password: true,
      ignoreFocusOut: true,
    });
    if (password === undefined || password === '') return;
    await parts.list.setPassword(profile, password);
  }
  // So that the password is tried now, and not when another connection happens to be needed.
  if (!(await mayDisconnect(parts, id))) return;
  await parts.connections.disconnect(id);
  await connectWithProgress(parts, id);
}
