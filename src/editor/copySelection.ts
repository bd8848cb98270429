/** Copy Selection As…: what is selected in the results view, in a form that is chosen. */
import * as vscode from 'vscode';
import { KhipuError } from '../shared/errors.ts';
import type { CopyFormat } from '../shared/resultsProtocol.ts';
import type { ResultsPanel } from './resultsPanel.ts';
import { runAction, signalOf } from './report.ts';

interface FormItem extends vscode.QuickPickItem {
  readonly format: CopyFormat;
  readonly header: boolean;
}

const forms: readonly FormItem[] = [
  { label: 'Tab-separated', description: 'for spreadsheets', format: 'tsv', header: false },
  { label: 'Tab-separated with headers', format: 'tsv', header: true },
  { label: 'CSV', format: 'csv', header: false },
  { label: 'CSV with headers', format: 'csv', header: true },
  { label: 'JSON', description: 'an array of objects', format: 'json', header: true },
  { label: 'Markdown', description: 'a table', format: 'markdown', header: true },
  { label: 'IN list', description: 'each value once, for a WHERE', format: 'in-list', header: false },
];

/**
 * The command.
 * @returns how many cells were copied; undefined when the user turned away or there was too much
 * @throws KhipuError `invalid-input` when nothing is selected, and of the rows
 */
export async function copySelectionAs(
  panel: Pick<ResultsPanel, 'selection'>,
  argument: unknown,
): Promise<number | undefined> {
  const selected = await panel.selection(AbortSignal.timeout(5000));
  if (selected === undefined) {
    throw new KhipuError('invalid-input', 'Nothing is selected in the results.', {
      hint: 'Select cells there; Ctrl+A selects all.',
    });
  }
  const form = formOf(argument) ?? (await vscode.window.showQuickPick(forms, { title: 'Copy Selection As' }));
  if (form === undefined) return undefined;
  const { rows, selection } = selected;
  const order = { resultId: rows.resultId, selection, format: form.format, header: form.header };
  const outcome = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Copying', cancellable: true },
    (_progress, token) => rows.copy(order, signalOf(token)),
  );
  if (!outcome.tooLarge) {
    vscode.window.setStatusBarMessage(`Copied ${cellWords(outcome.cells)}.`, 5000);
    return outcome.cells;
  }
  void offerExport();
  return undefined;
}

/** Other extensions and keybindings may say the form. */
function formOf(argument: unknown): FormItem | undefined {
  if (typeof argument !== 'object' || argument === null || !('format' in argument)) return undefined;
  const header = 'header' in argument && argument.header === true;
  const fits = forms.filter(({ format }) => format === argument.format);
  return fits.find((form) => form.header === header) ?? fits[0];
}

async function offerExport(): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(
    'Nothing was copied: the selection is more than 5 MB, too much for the clipboard. Select fewer cells, or export the result to a file.',
    'Export…',
  );
  if (chosen !== undefined) await runAction('export');
}

function cellWords(cells: number): string {
  return cells === 1 ? '1 cell' : `${cells.toLocaleString('en-US')} cells`;
}
