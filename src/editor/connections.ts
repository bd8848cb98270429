/** The commands on connections: add, edit, remove, connect, disconnect, refresh, and the sample. */
import * as vscode from 'vscode';
import type { Answers } from '../answers.ts';
import type { Connected } from '../database/connections.ts';
import { sampleProfileId } from '../sample/profileId.ts';
import { KhipuError } from '../shared/errors.ts';
import type { ActiveConnection } from './activeConnection.ts';
import type { ConnectionList } from './connectionList.ts';
import { commands } from './contributions.ts';
import type { IndexSurface } from './indexSurface.ts';
import type { LazyConnections } from './lazyParts.ts';
import { registerCommand, signalOf } from './report.ts';
import type { SchemaExplorer } from './schemaExplorer.ts';
import type { Secrets } from './secrets.ts';
import type { Transactions } from './transactions.ts';

export interface ConnectionCommandParts {
  readonly list: ConnectionList;
  readonly active: ActiveConnection;
  readonly secrets: Secrets;
  readonly connections: LazyConnections;
  readonly transactions: Pick<Transactions, 'mayEnd'>;
  readonly answers: Pick<Answers, 'rebuildIndex'>;
  readonly index: IndexSurface;
  readonly explorer: SchemaExplorer;
  readonly log: vscode.LogOutputChannel;
}

/** Registers the commands; the returned disposables are the caller's. */
export function registerConnectionCommands(parts: ConnectionCommandParts): vscode.Disposable[] {
  const on: Register = (id, run) => registerCommand(id, parts.log, run);
  const idFrom = async (argument: unknown): Promise<string | undefined> =>
    connectionIdOf(argument) ?? parts.active.idOrAsk();
  return [...savedConnectionCommands(parts, on, idFrom), ...openConnectionCommands(parts, on, idFrom)];
}

type Register = (id: string, run: (...args: unknown[]) => unknown) => vscode.Disposable;
type IdFrom = (argument: unknown) => Promise<string | undefined>;

/** On connections as they are saved. */
function savedConnectionCommands(
  parts: ConnectionCommandParts,
  on: Register,
  idFrom: IdFrom,
): vscode.Disposable[] {
  const { list, active } = parts;
  const savedId: IdFrom = async (argument) => {
    const id = await idFrom(argument);
    if (id !== sampleProfileId) return id;
    throw new KhipuError('invalid-input', 'The sample is not among the saved connections.');
  };
  return [
    on(commands.addConnection, async () => (await firstUse()).addConnection(parts)),
    on(commands.editConnection, async (argument) => {
      const id = connectionIdOf(argument) ?? active.id;
      if (id === undefined || list.find(id) === undefined)
        return vscode.commands.executeCommand(commands.addConnection);
      const before = await list.load(id);
      return (await firstUse()).editConnection(parts, before, before);
    }),
    on(commands.duplicateConnection, async (argument) => {
      const id = await savedId(argument);
      if (id !== undefined) return (await firstUse()).duplicateConnection(parts, id);
    }),
    on(commands.enterPassword, async (argument) => {
      const id = await savedId(argument);
      if (id !== undefined) await (await firstUse()).enterPassword(parts, id);
    }),
    on(commands.moveConnection, async (argument) => {
      const id = await savedId(argument);
      if (id !== undefined) return (await firstUse()).moveConnection(list, id);
    }),
    on(commands.exportConnections, async (argument) => {
      const target = argument instanceof vscode.Uri ? argument : undefined;
      return (await firstUse()).exportConnections(list, connectionIdOf(argument), target);
    }),
    on(commands.importConnections, async (argument) => {
      const source = argument instanceof vscode.Uri ? argument : undefined;
      return (await firstUse()).importConnections(parts, source);
    }),
    on(commands.removeConnection, (argument) => remove(parts, connectionIdOf(argument))),
  ];
}

/** On what is connected. */
function openConnectionCommands(
  parts: ConnectionCommandParts,
  on: Register,
  idFrom: IdFrom,
): vscode.Disposable[] {
  const { list, active, connections } = parts;
  return [
    on(commands.chooseConnection, () => active.choose()),
    on(commands.connect, async (argument) => {
      const id = await idFrom(argument);
      if (id !== undefined) await connectWithProgress(parts, id);
    }),
    on(commands.disconnect, async (argument) => {
      const id = await idFrom(argument);
      if (id !== undefined && (await mayDisconnect(parts, id))) await connections.disconnect(id);
    }),
    on(commands.refresh, async (argument) => {
      const id = await idFrom(argument);
      if (id === undefined) return;
      await withProgress('Reading the schema', (signal) => connections.refresh(id, signal));
    }),
    on(commands.rebuildIndex, async (argument) => {
      const id = await idFrom(argument);
      if (id === undefined) return;
      const connected = connections.current(id) ?? (await connectWithProgress(parts, id));
      return (await firstUse()).rebuildIndex(connected, parts.answers, parts.index);
    }),
    on(commands.openSample, async () => {
      await list.addSample();
      await active.use(sampleProfileId);
      await connectWithProgress(parts, sampleProfileId);
      await parts.explorer.reveal(sampleProfileId);
    }),
  ];
}

/** After a question. */
async function remove(parts: ConnectionCommandParts, id: string | undefined): Promise<void> {
  const entry = parts.list.entries().find((each) => each.id === id);
  if (entry === undefined) return;
  const answer = 'Remove';
  const detail = 'Its password is forgotten too. The database is not touched.';
  const what = `Remove ${entry.name}?`;
  const chosen = await vscode.window.showWarningMessage(what, { modal: true, detail }, answer);
  if (chosen !== answer || !(await mayDisconnect(parts, entry.id))) return;
  await parts.connections.disconnect(entry.id);
  await parts.list.remove(entry.id);
}

/** The forms are not needed before someone enters something. */
const firstUse = () => import('./firstUse.ts');

/** Asks what is to become of a transaction that ends with the connection. */
export function mayDisconnect({ transactions }: ConnectionCommandParts, id: string): Promise<boolean> {
  return transactions.mayEnd('it is disconnected', ({ connectionId }) => connectionId === id);
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

/** Does work that can be cancelled, and says so. */
export function withProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_, token) => work(signalOf(token)),
  );
}
