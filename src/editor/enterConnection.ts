/** Has a connection entered or edited, tested, and saved; what was entered survives a test that fails. */
import * as vscode from 'vscode';
import { openDatabase } from '../database/connect.ts';
import { cancelled, toKhipuError } from '../shared/errors.ts';
import { problemOf } from '../shared/messages.ts';
import { copyOf, type ConnectionDraft } from './connectionDraft.ts';
import { askForDraft, askForName } from './connectionForm.ts';
import {
  connectWithProgress,
  mayDisconnect,
  withProgress,
  type ConnectionCommandParts,
} from './connections.ts';
import { editInHub } from './editConnection.ts';
import { passwordFile } from './foundConnections.ts';
import { logProblem } from './report.ts';

/** Quick: entered, tested, named, saved. @returns the id of the saved connection */
export async function addConnection(parts: ConnectionCommandParts): Promise<string | undefined> {
  const draft = await askForDraft();
  if (draft === undefined) return undefined;
  const verdict = await testDraft(parts, draft);
  if (verdict === 'edit') return editConnection(parts, undefined, draft);
  if (verdict === 'give up') return undefined;
  const name = await askForName(draft.profile);
  if (name === undefined) return undefined;
  const named = { ...draft, profile: { ...draft.profile, name } };
  return finish(parts, undefined, named, verdict === 'works');
}

/**
 * In the hub, until it is saved or the user gives up.
 * @param before as it is saved now; undefined for a new one
 * @returns the id of the saved connection
 */
export async function editConnection(
  parts: ConnectionCommandParts,
  before: ConnectionDraft | undefined,
  start: ConnectionDraft,
): Promise<string | undefined> {
  let draft = start;
  for (;;) {
    const edited = await editInHub(before, draft);
    if (edited === undefined) return undefined;
    ({ draft } = edited);
    const verdict = edited.how === 'save' ? 'save' : await testDraft(parts, draft);
    if (verdict === 'edit' || verdict === 'give up' || !(await mayDisconnect(parts, draft.profile.id)))
      continue;
    return finish(parts, before, draft, verdict === 'works');
  }
}

/** A copy with its own name is edited like a new one. @returns the id of the copy once it is saved */
export async function duplicateConnection(
  parts: ConnectionCommandParts,
  id: string,
): Promise<string | undefined> {
  const names = parts.list.entries().map(({ name }) => name);
  return editConnection(parts, undefined, copyOf(await parts.list.load(id), names));
}

async function finish(
  parts: ConnectionCommandParts,
  before: ConnectionDraft | undefined,
  draft: ConnectionDraft,
  works: boolean,
): Promise<string> {
  const { id, passwordFrom } = draft.profile;
  await parts.connections.disconnect(id);
  const password = passwordFrom === 'stored' ? draft.password : undefined;
  await parts.list.save({ ...draft, password });
  if (before === undefined) await parts.active.use(id);
  if (works) {
    await connectWithProgress(parts, id);
    await parts.explorer.reveal(id);
  }
  return id;
}

async function testDraft(
  parts: ConnectionCommandParts,
  draft: ConnectionDraft,
): Promise<'works' | 'save' | 'edit' | 'give up'> {
  try {
    await withProgress(`Testing the connection to ${draft.profile.host}`, async (signal) => {
      const password = draft.password ?? (await passwordFile(draft.profile));
      const context = await parts.list.context(draft.profile, () => Promise.resolve(password));
      const database = openDatabase(draft.profile, context);
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
