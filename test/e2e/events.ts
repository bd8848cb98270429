/** Waiting for VS Code: by its events, never by time. */
import * as vscode from 'vscode';

/** Resolves with the first value that `look` finds, now or after one of the events. */
export function until<T>(event: vscode.Event<unknown>, look: () => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const check = (): boolean => {
      const found = look();
      if (found === undefined) return false;
      resolve(found);
      return true;
    };
    if (check()) return;
    const subscription = event(() => {
      if (check()) subscription.dispose();
    });
  });
}

/** The tab of the results view, once it bears this label. */
export function resultsTab(label: string): Promise<vscode.Tab> {
  return until(vscode.window.tabGroups.onDidChangeTabs, () =>
    resultsTabs().find((tab) => tab.label === label),
  );
}

/** The tabs of results views that are open now: one, or none. */
export function resultsTabs(): vscode.Tab[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.filter(
    ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('khipu.results'),
  );
}

/** Closes every editor, so that the next test starts from none; files are saved, or VS Code would ask. */
export async function closeEditors(): Promise<void> {
  await vscode.workspace.saveAll(false);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
