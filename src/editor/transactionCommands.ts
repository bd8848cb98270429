/** Begin Transaction, Commit and Roll Back. */
import * as vscode from 'vscode';
import { KhipuError } from '../shared/errors.ts';
import type { ActiveConnection } from './activeConnection.ts';
import { connectionIdOf, withProgress } from './connections.ts';
import { commands } from './contributions.ts';
import { registerCommand } from './report.ts';
import { transactionWords } from './transactionLook.ts';
import type { OpenTransaction, Transactions } from './transactions.ts';

export interface TransactionCommandParts {
  readonly transactions: Transactions;
  readonly active: ActiveConnection;
  readonly log: vscode.LogOutputChannel;
}

/** Registers the commands; the returned disposables are the caller's. */
export function registerTransactionCommands(parts: TransactionCommandParts): vscode.Disposable[] {
  const { transactions, log } = parts;
  const on = (id: string, run: (argument: unknown) => unknown): vscode.Disposable =>
    registerCommand(id, log, run);
  return [
    on(commands.beginTransaction, (argument) => begin(parts, argument)),
    on(commands.commit, async (argument) => {
      const open = await chosen(parts, argument);
      if (open === undefined) return undefined;
      await transactions.commit(open.connectionId);
      return 'committed';
    }),
    on(commands.rollBack, async (argument) => {
      const open = await chosen(parts, argument);
      if (open === undefined) return undefined;
      await transactions.rollBack(open.connectionId);
      return 'rolled-back';
    }),
    on(commands.endTransaction, async (argument) => {
      const open = await chosen(parts, argument);
      if (open !== undefined) await offer(parts, open);
    }),
  ];
}

/** On a connection that may write, in a workspace that is trusted, it may write; else it is a stable snapshot to read. */
async function begin(
  { transactions, active }: TransactionCommandParts,
  argument: unknown,
): Promise<'read' | 'write' | undefined> {
  const id = connectionIdOf(argument) ?? active.id ?? (await active.idOrAsk());
  if (id === undefined) return undefined;
  return withProgress('Beginning a transaction', async (signal) => {
    const connected = await transactions.connect(id, signal);
    const mode = connected.profile.access === 'write' && vscode.workspace.isTrusted ? 'write' : 'read';
    await transactions.begin(connected, 'user', mode, signal);
    return mode;
  });
}

/** The transaction that is meant: of the connection that is named, else of the one in use, else the only one, or one of all. */
async function chosen(
  { transactions, active }: TransactionCommandParts,
  argument: unknown,
): Promise<OpenTransaction | undefined> {
  const named = connectionIdOf(argument);
  const all = transactions.all();
  const [first, second] = all;
  if (first === undefined || (named !== undefined && transactions.of(named) === undefined)) {
    throw new KhipuError('invalid-input', 'No transaction is open.', {
      hint: 'Begin one with Khipu: Begin Transaction.',
    });
  }
  if (named !== undefined) return transactions.of(named);
  const own = active.id === undefined ? undefined : transactions.of(active.id);
  if (own !== undefined || second === undefined) return own ?? first;
  const items = all.map((open) => ({
    label: open.connection,
    description: transactionWords(transactions.factsOf(open)),
    open,
  }));
  return (await vscode.window.showQuickPick(items, { title: 'Khipu: which transaction?' }))?.open;
}

async function offer({ transactions }: TransactionCommandParts, open: OpenTransaction): Promise<void> {
  const { connectionId, transaction } = open;
  const commit = { label: '$(check) Commit', description: 'saves its changes for everybody' };
  const rollBack = { label: '$(discard) Roll Back', description: 'takes all of its changes back' };
  const end = { label: '$(close) End', description: 'it has only read' };
  const picked = await vscode.window.showQuickPick(transaction.mode === 'read' ? [end] : [commit, rollBack], {
    title: transactionWords(transactions.factsOf(open)),
  });
  if (picked === commit) await transactions.commit(connectionId);
  else if (picked !== undefined) await transactions.rollBack(connectionId);
}
