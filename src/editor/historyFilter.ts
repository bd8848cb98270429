/** Filter History: words are tried out while they are typed, and a connection is chosen beneath them. */
import * as vscode from 'vscode';
import type { HistoryFilter } from '../rag/historySearch.ts';
import type { History } from './history.ts';

interface Row extends vscode.QuickPickItem {
  readonly connection: string | undefined;
}

/**
 * Has the user change the filter.
 * @param show told of each change while words are typed; it ends with what was chosen, or with what there was before
 */
export async function chooseHistoryFilter(
  history: History,
  before: HistoryFilter,
  show: (filter: HistoryFilter) => void,
): Promise<void> {
  const entries = (await history.entries()).values();
  const names = [...new Set([...entries].map(({ connection }) => connection))].sort();
  const rows: Row[] = [
    { label: '$(list-flat) All connections', connection: undefined, alwaysShow: true },
    ...names.map((name) => ({ label: `$(database) ${name}`, connection: name, alwaysShow: true })),
  ];
  const picker = vscode.window.createQuickPick<Row>();
  const end = Promise.withResolvers<HistoryFilter>();
  picker.title = 'Filter History';
  picker.placeholder = 'Words of the question or the SQL; Enter keeps the filter.';
  picker.items = rows;
  picker.value = before.words;
  picker.activeItems = rows.filter(({ connection }) => connection === before.connection);
  const chosen = (): HistoryFilter => ({
    words: picker.value.trim(),
    connection: picker.activeItems[0]?.connection,
  });
  const subscriptions = [
    picker.onDidChangeValue(() => show(chosen())),
    picker.onDidChangeActive(() => show(chosen())),
    picker.onDidAccept(() => end.resolve(chosen())),
    picker.onDidHide(() => end.resolve(before)),
  ];
  picker.show();
  try {
    show(await end.promise);
  } finally {
    for (const subscription of subscriptions) subscription.dispose();
    picker.dispose();
  }
}

/** What the view says of its filter; undefined without one. */
export function filterWords({ words, connection }: HistoryFilter): string | undefined {
  return [words === '' ? undefined : `“${words}”`, connection].filter(Boolean).join(' · ') || undefined;
}
