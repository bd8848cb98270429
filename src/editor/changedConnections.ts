/** Lets go of connections whose settings have changed, so that the next use is as the settings say; an open transaction ends first. */
import type * as vscode from 'vscode';
import type { ConnectionList } from './connectionList.ts';
import type { LazyConnections } from './lazyParts.ts';
import type { Transactions } from './transactions.ts';

/** The returned disposables are the caller's. */
export function followSettings(
  list: ConnectionList,
  connections: LazyConnections,
  transactions: Transactions,
): vscode.Disposable[] {
  const waiting = new Set<string>();
  const letGo = (id: string): void => {
    if (transactions.of(id) === undefined) {
      waiting.delete(id);
      void connections.disconnect(id);
    } else {
      waiting.add(id); // what it has changed is not thrown away by a change of the settings
    }
  };
  return [list.onDidChangeProfile(letGo), transactions.onDidChange(() => [...waiting].forEach(letGo))];
}
