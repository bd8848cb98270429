/** Search History: every question that was asked, to be found by its words or its SQL, run again, changed, opened, verified or deleted. */
import * as vscode from 'vscode';
import type { HistoryEntry } from '../rag/history.ts';
import { KhipuError } from '../shared/errors.ts';
import type { AskOutcome } from './askOutcome.ts';
import { settings } from './contributions.ts';
import type { History } from './history.ts';
import {
  clearHistory,
  editFromHistory,
  openFromHistory,
  runFromHistory,
  verifyFromHistory,
  type HistoryParts,
} from './historyActions.ts';
import { outcomeLook } from './historyLook.ts';
import { historyIsOn } from './settings.ts';

interface Row extends vscode.QuickPickItem {
  readonly entry: HistoryEntry;
}

const buttons = {
  edit: { iconPath: new vscode.ThemeIcon('edit'), tooltip: 'Ask with Other Words…' },
  open: { iconPath: new vscode.ThemeIcon('go-to-file'), tooltip: 'Open the SQL in an Editor' },
  verify: { iconPath: new vscode.ThemeIcon('verified'), tooltip: 'Run, and Mark as Verified' },
  remove: { iconPath: new vscode.ThemeIcon('trash'), tooltip: 'Delete from the History' },
} as const satisfies Record<string, vscode.QuickInputButton>;

const clearButton = { iconPath: new vscode.ThemeIcon('clear-all'), tooltip: 'Delete the Whole History…' };

type Choice = { readonly what: keyof typeof buttons | 'run'; readonly entry: HistoryEntry } | 'clear';

/**
 * Enter runs the SQL of the question again, or asks it anew where it has none.
 * @returns undefined when the user leaves, or has no answer shown
 * @throws KhipuError `invalid-input` when there is no history
 */
export async function searchHistory(parts: HistoryParts): Promise<AskOutcome | undefined> {
  const { history } = parts;
  if ((await history.entries()).size === 0) {
    throw new KhipuError('invalid-input', 'No question has been asked yet.', {
      hint: historyIsOn() ? '' : `The history is switched off by the setting ${settings.historyEnabled}.`,
    });
  }
  const choice = await choose(history);
  if (choice === undefined) return undefined;
  if (choice === 'clear') {
    await clearHistory(history);
    return undefined;
  }
  return follow(choice, parts);
}

function follow(
  { what, entry }: Exclude<Choice, 'clear'>,
  parts: HistoryParts,
): Promise<AskOutcome | undefined> {
  switch (what) {
    case 'edit':
      return editFromHistory(entry, parts);
    case 'open':
      return openFromHistory(entry);
    case 'verify':
      return verifyFromHistory(entry, parts);
    default:
      return runFromHistory(entry, parts);
  }
}

/** Rows stay open while some of them are deleted. */
async function choose(history: History): Promise<Choice | undefined> {
  const picker = vscode.window.createQuickPick<Row>();
  const end = Promise.withResolvers<Choice | undefined>();
  const fill = async (): Promise<void> => {
    picker.items = [...(await history.entries()).values()].reverse().map(rowOf);
  };
  picker.title = 'History';
  picker.placeholder = 'Search in questions, SQL and connections. Enter runs the SQL again.';
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.buttons = [clearButton];
  await fill();
  picker.onDidAccept(() => {
    const [row] = picker.activeItems;
    if (row !== undefined) end.resolve({ what: 'run', entry: row.entry });
  });
  picker.onDidTriggerButton(() => end.resolve('clear'));
  picker.onDidTriggerItemButton(({ button, item }) => {
    if (button === buttons.remove) void history.remove(item.entry.id).then(fill);
    else {
      const what = button === buttons.edit ? 'edit' : button === buttons.open ? 'open' : 'verify';
      end.resolve({ what, entry: item.entry });
    }
  });
  picker.onDidHide(() => end.resolve(undefined));
  picker.show();
  try {
    return await end.promise;
  } finally {
    picker.dispose();
  }
}

function rowOf(entry: HistoryEntry): Row {
  const { question, connection, at, sql, model, error } = entry;
  const { edit, open, verify, remove } = buttons;
  return {
    label: `$(${outcomeLook(entry).icon}) ${question.replace(/\s+/g, ' ').replaceAll('$(', '$\u200b(')}`,
    description: [connection, new Date(at).toLocaleString(), model].filter(Boolean).join(' · '),
    detail: (sql ?? error ?? 'Cancelled.').replace(/\s+/g, ' '),
    buttons: sql === undefined ? [edit, remove] : [edit, open, verify, remove],
    entry,
  };
}
