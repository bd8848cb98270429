/** Has a connection entered, tested, named and saved. */
import * as vscode from 'vscode';
import { openDatabase } from '../database/connect.ts';
import { cancelled, toKhipuError } from '../shared/errors.ts';
import { problemOf } from '../shared/messages.ts';
import { askForDraft, askForName, type Draft } from './connectionForm.ts';
import { connectWithProgress, withProgress, type ConnectionCommandParts } from './connections.ts';
import { passwordFile } from './foundConnections.ts';
import { logProblem } from './report.ts';

/** Until it connects or the user gives up. @returns the id of the saved connection */
export async function enterConnection(
  parts: ConnectionCommandParts,
  before: Draft | undefined,
): Promise<string | undefined> {
  let draft = await askForDraft(before);
  while (draft !== undefined) {
    const verdict = await testDraft(parts, draft);
    if (verdict === 'edit') {
      draft = await askForDraft(draft);
      continue;
    }
    if (verdict === 'give up') return undefined;
    const name = before === undefined ? await askForName(draft.profile) : draft.profile.name;
    if (name === undefined) return undefined;
    await parts.connections.disconnect(draft.profile.id);
    await parts.list.save({ ...draft.profile, name }, draft.password);
    await parts.active.use(draft.profile.id);
    if (verdict === 'works') {
      await connectWithProgress(parts, draft.profile.id);
      await parts.explorer.reveal(draft.profile.id);
    }
    return draft.profile.id;
  }
  return undefined;
}

async function testDraft(
  parts: ConnectionCommandParts,
  draft: Draft,
): Promise<'works' | 'save' | 'edit' | 'give up'> {
  try {
    await withProgress(`Testing the connection to ${draft.profile.host}`, async (signal) => {
      const password = draft.password ?? (await passwordFile(draft.profile));
      const database = openDatabase(draft.profile, { password: () => Promise.resolve(password) });
      try {
        (await database.session(signal)).release();
      } finally {
        void database.dispose();
      }
    });
    return 'works';
  } catch (thrown) {
    const error = toKhipuError(thrown);
    logProblem(error, parts.log);
    const { what, next } = problemOf(error.kind === 'cancelled' ? cancelled() : error);
    const [edit, save] = ['Edit', 'Save Anyway'];
    const chosen = await vscode.window.showErrorMessage(what, { modal: true, detail: next }, edit, save);
    if (chosen === edit) return 'edit';
    return chosen === save ? 'save' : 'give up';
  }
}
