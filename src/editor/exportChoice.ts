/** Choosing a format, and how it is written when the defaults will not do. */
import * as vscode from 'vscode';
import {
  exportFormats,
  formatNames,
  type ExportFormat,
  type ExportOptions,
} from '../database/exportFormats.ts';

interface FormatItem extends vscode.QuickPickItem {
  readonly format: ExportFormat;
}

const details: Readonly<Record<ExportFormat, string>> = {
  csv: 'Commas; opens in any spreadsheet',
  tsv: 'Tabs; loads with \\copy',
  json: 'One array of objects',
  ndjson: 'One object a line',
  markdown: 'A table for a document',
  insert: 'Statements that put the rows into a table',
  xlsx: 'At most 1,048,575 rows',
  parquet: 'Columns, packed; numbers keep their types',
};

const changeOptions: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('gear'),
  tooltip: 'Choose how it is written',
};
const withOptions = new Set<ExportFormat>(['csv', 'tsv', 'markdown', 'xlsx']);

/** The chosen format with its options; undefined when the user turned away. */
export async function chooseExport(
  defaultsOf: (format: ExportFormat) => ExportOptions,
): Promise<ExportOptions | undefined> {
  const chosen = await pickFormat();
  if (chosen === undefined) return undefined;
  const defaults = defaultsOf(chosen.format);
  return chosen.change ? pickOptions(defaults) : defaults;
}

function pickFormat(): Promise<{ readonly format: ExportFormat; readonly change: boolean } | undefined> {
  const pick = vscode.window.createQuickPick<FormatItem>();
  pick.title = 'Export Result';
  pick.placeholder = 'Choose a format; the gear changes how it is written';
  pick.items = exportFormats.map((format) => ({
    format,
    label: formatNames[format].label,
    description: details[format],
    buttons: withOptions.has(format) ? [changeOptions] : [],
  }));
  return new Promise((resolve) => {
    const finish = (item: FormatItem | undefined, change: boolean): void => {
      resolve(item === undefined ? undefined : { format: item.format, change });
      pick.dispose();
    };
    pick.onDidAccept(() => finish(pick.selectedItems[0], false));
    pick.onDidTriggerItemButton(({ item }) => finish(item, true));
    pick.onDidHide(() => finish(undefined, false));
    pick.show();
  });
}

const delimiters = [
  { label: 'Comma', delimiter: ',' },
  { label: 'Semicolon', delimiter: ';' },
  { label: 'Vertical bar', delimiter: '|' },
  { label: 'Tab', delimiter: '\t' },
];

async function pickOptions(defaults: ExportOptions): Promise<ExportOptions | undefined> {
  let { delimiter, header, guardFormulas, nullText } = defaults;
  if (defaults.format === 'csv') {
    const chosen = await vscode.window.showQuickPick(delimiters, { title: 'Between the fields' });
    if (chosen === undefined) return undefined;
    ({ delimiter } = chosen);
  }
  if (defaults.format !== 'markdown') {
    const names = { label: 'Names of the columns first', picked: header };
    const guard = {
      label: 'Keep spreadsheets from running cells as formulas',
      description: 'an apostrophe before = + - @',
      picked: guardFormulas,
    };
    const chosen = await vscode.window.showQuickPick([names, guard], {
      title: 'How it is written',
      canPickMany: true,
    });
    if (chosen === undefined) return undefined;
    header = chosen.includes(names);
    guardFormulas = chosen.includes(guard);
  }
  if (defaults.format !== 'xlsx') {
    const typed = await vscode.window.showInputBox({ title: 'NULL is written as', value: nullText });
    if (typed === undefined) return undefined;
    nullText = typed;
  }
  return { ...defaults, delimiter, header, guardFormulas, nullText };
}
