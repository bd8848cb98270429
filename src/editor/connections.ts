/** The commands on connections: add, edit, remove, connect, disconnect, refresh, and the sample. */
import * as vscode from 'vscode';
import { openDatabase } from '../database/connect.ts';
import type { Connected, Connections } from '../database/connections.ts';
import { sampleProfileId } from '../parts.ts';
import { cancelled, toKhipuError } from '../shared/errors.ts';
import { problemOf } from '../shared/messages.ts';
import type { ActiveConnection } from './activeConnection.ts';
import { askForDraft, askForName, type Draft } from './connectionForm.ts';
import type { ConnectionList } from './connectionList.ts';
import { commands } from './contributions.ts';
import { passwordFile } from './foundConnections.ts';
import { logProblem, registerCommand, signalOf } from './report.ts';
import type { SchemaExplorer } from './schemaExplorer.ts';
import type { Secrets } from './secrets.ts';

export interface ConnectionCommandParts {
  readonly list: ConnectionList;
  readonly active: ActiveConnection;
  readonly secrets: Secrets;
  readonly connections: Connections;
  readonly explorer: SchemaExplorer;
  readonly log: vscode.LogOutputChannel;
}

/** Registers the commands; the returned disposables are the caller's. */
export function registerConnectionCommands(parts: ConnectionCommandParts): vscode.Disposable[] {
  const { list, active, connections, log } = parts;
  const idFrom = async (argument: unknown): Promise<string | undefined> =>
    connectionIdOf(argument) ?? active.idOrAsk();
  const on = (id: string, run: (...args: unknown[]) => unknown): vscode.Disposable =>
    registerCommand(id, log, run);
  return [
    on(commands.addConnection, () => enter(parts, undefined)),
    on(commands.editConnection, async (argument) => {
      const id = connectionIdOf(argument) ?? active.id;
      const profile = id === undefined ? undefined : list.profile(id);
      if (profile === undefined) return vscode.commands.executeCommand(commands.addConnection);
      return enter(parts, { profile, password: await parts.secrets.password(profile.id) });
    }),
    on(commands.removeConnection, async (argument) => {
      const id = connectionIdOf(argument);
      const entry = list.entries().find((each) => each.id === id);
      if (entry === undefined) return;
      const remove = 'Remove';
      const detail = 'Its password is forgotten too. The database is not touched.';
      const chosen = await vscode.window.showWarningMessage(
        `Remove ${entry.name}?`,
        { modal: true, detail },
        remove,
      );
      if (chosen !== remove) return;
      await connections.disconnect(entry.id);
      await list.remove(entry.id);
    }),
    on(commands.chooseConnection, () => active.choose()),
    on(commands.connect, async (argument) => {
      const id = await idFrom(argument);
      if (id !== undefined) await connectWithProgress(parts, id);
    }),
    on(commands.disconnect, async (argument) => {
      const id = await idFrom(argument);
      if (id !== undefined) await connections.disconnect(id);
    }),
    on(commands.refresh, async (argument) => {
      const id = await idFrom(argument);
      if (id === undefined) return;
      await withProgress('Reading the schema', (signal) => connections.refresh(id, signal));
    }),
    on(commands.openSample, async () => {
      await list.addSample();
      await active.use(sampleProfileId);
      await connectWithProgress(parts, sampleProfileId);
      await parts.explorer.reveal(sampleProfileId);
    }),
  ];
}

/** The connection that a command was called on: a tree node or an id. */
export function connectionIdOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (typeof argument !== 'object' || argument === null || !('connectionId' in argument)) return undefined;
  return typeof argument.connectionId === 'string' ? argument.connectionId : undefined;
}

/** Connects with a progress that can be cancelled, and makes the connection the one in use. */
export async function connectWithProgress(parts: ConnectionCommandParts, id: string): Promise<Connected> {
  const name = parts.list.entries().find((entry) => entry.id === id)?.name ?? 'the database';
  const connected = await withProgress(`Connecting to ${name}`, (signal) =>
    parts.connections.connect(id, signal),
  );
  if (parts.active.id === undefined) await parts.active.use(id);
  return connected;
}

function withProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_, token) => work(signalOf(token)),
  );
}

/** Enter, test, name, save: until it connects or the user gives up. @returns the id of the saved connection */
async function enter(parts: ConnectionCommandParts, before: Draft | undefined): Promise<string | undefined> {
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
