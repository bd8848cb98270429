/** The second item of Khipu's in the status bar: the transaction that is open, while one is. */
import * as vscode from 'vscode';
import type { ActiveConnection } from './activeConnection.ts';
import { commands, contexts } from './contributions.ts';
import { transactionLook } from './transactionLook.ts';
import type { OpenTransaction, Transactions } from './transactions.ts';

export class TransactionStatus implements vscode.Disposable {
  readonly #transactions: Transactions;
  readonly #active: ActiveConnection;
  readonly #subscription: vscode.Disposable;
  /** Made with the first transaction. */
  #item: vscode.StatusBarItem | undefined;

  constructor(transactions: Transactions, active: ActiveConnection) {
    this.#transactions = transactions;
    this.#active = active;
    this.#subscription = transactions.onDidChange(() => this.show());
  }

  /** Brings it up to date: the transaction of the connection in use goes before those of others. */
  show(): void {
    const all = this.#transactions.all();
    const shown = all.find(({ connectionId }) => connectionId === this.#active.id) ?? all[0];
    if (shown === undefined && this.#item === undefined) return;
    void vscode.commands.executeCommand('setContext', contexts.transactionOpen, shown !== undefined);
    if (shown === undefined) this.#item?.hide();
    else this.#showOne(shown);
  }

  #showOne(open: OpenTransaction): void {
    const item = (this.#item ??= vscode.window.createStatusBarItem(
      'khipu.transaction',
      vscode.StatusBarAlignment.Left,
      9, // right behind the connection
    ));
    const { text, tooltip, spoken, warns } = transactionLook(this.#transactions.factsOf(open));
    item.name = 'Khipu Transaction';
    item.text = text;
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: spoken };
    item.backgroundColor = warns ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.command = { command: commands.endTransaction, title: 'End', arguments: [open.connectionId] };
    item.show();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item?.dispose();
  }
}
