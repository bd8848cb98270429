/** Export Result: the statement of the answer that is shown runs again, and its rows go from the server into a file. */
import { homedir } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { Connections } from '../database/connections.ts';
import {
  exportDefaults,
  exportFormats,
  formatNames,
  type ExportFormat,
  type ExportOptions,
} from '../database/exportFormats.ts';
import { exportRows, type ExportOutcome } from '../database/exportRows.ts';
import { KhipuError } from '../shared/errors.ts';
import type { AskSurface } from './ask.ts';
import type { Answered } from './askOutcome.ts';
import { chooseExport } from './exportChoice.ts';
import { reportProblem, signalOf } from './report.ts';

/** What other extensions and keybindings may hand to the command instead of choosing in the dialogs. */
const exportArgument = z.object({
  format: z.enum(exportFormats),
  path: z.string().check(z.minLength(1)),
  options: z._default(
    z.partial(
      z.object({
        delimiter: z.string(),
        header: z.boolean(),
        nullText: z.string(),
        guardFormulas: z.boolean(),
        table: z.array(z.string().check(z.minLength(1))),
      }),
    ),
    {},
  ),
});

/**
 * The command: format and place are asked for unless the argument says them.
 * @throws KhipuError `invalid-input` without a result, and whatever `exportRows` throws
 */
export async function exportResult(
  ask: Pick<AskSurface, 'accept' | 'answered'>,
  connections: Pick<Connections, 'connect'>,
  log: vscode.LogOutputChannel,
  argument: unknown,
): Promise<ExportOutcome | undefined> {
  const { answered } = ask;
  if (answered === undefined) {
    throw new KhipuError('invalid-input', 'There is no result to export.', {
      hint: 'Ask a question or run a statement first.',
    });
  }
  const chosen = await choose(answered, argument);
  if (chosen === undefined) return undefined;
  const exported = await exportTo(chosen.target, chosen.options, answered, connections);
  ask.accept();
  const outcome = answered.header.inTransaction === true ? withTransactionNotice(exported) : exported;
  // Not awaited: the notification stays open for as long as the user likes.
  tell(outcome, chosen.target, chosen.options.format).catch((error: unknown) => reportProblem(error, log));
  return outcome;
}

async function choose(
  answered: Answered,
  argument: unknown,
): Promise<{ readonly target: vscode.Uri; readonly options: ExportOptions } | undefined> {
  const given = exportArgument.safeParse(argument);
  if (given.success) {
    const { format, path, options } = given.data;
    return { target: vscode.Uri.file(path), options: { ...defaultsFor(answered, format), ...options } };
  }
  const options = await chooseExport((format) => defaultsFor(answered, format));
  if (options === undefined) return undefined;
  const target = await chooseTarget(answered, options.format);
  return target === undefined ? undefined : { target, options };
}

/** INSERT goes back into the table that the rows came from, when there was but one. */
function defaultsFor({ header }: Answered, format: ExportFormat): ExportOptions {
  const defaults = exportDefaults(format);
  const [only, another] = header.tables;
  const dot = only?.indexOf('.') ?? -1;
  if (only === undefined || another !== undefined || dot < 0) return defaults;
  return { ...defaults, table: [only.slice(0, dot), only.slice(dot + 1)] };
}

async function chooseTarget({ header }: Answered, format: ExportFormat): Promise<vscode.Uri | undefined> {
  const { label, extension } = formatNames[format];
  const words =
    (header.question ?? header.tables[0] ?? 'result').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const name = words.slice(0, 8).join('-') || 'result';
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  const target = await vscode.window.showSaveDialog({
    title: `Export as ${label}`,
    defaultUri: vscode.Uri.joinPath(folder ?? vscode.Uri.file(homedir()), `${name}.${extension}`),
    filters: { [label]: [extension] },
  });
  if (target !== undefined && target.scheme !== 'file')
    throw new KhipuError('invalid-input', 'A result is exported to a file of this machine only.');
  return target;
}

function exportTo(
  target: vscode.Uri,
  options: ExportOptions,
  { connectionId, statement }: Answered,
  connections: Pick<Connections, 'connect'>,
): Thenable<ExportOutcome> {
  const title = `Exporting to ${basename(target.fsPath)}`;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const signal = signalOf(token);
      const { database } = await connections.connect(connectionId, signal);
      return exportRows(
        database,
        statement,
        target.fsPath,
        options,
        (done) => progress.report({ message: figuresOf(done) }),
        signal,
      );
    },
  );
}

/** An export may take longer than a transaction should be kept waiting, so it has one of its own. */
function withTransactionNotice(outcome: ExportOutcome): ExportOutcome {
  const notice = 'It was read outside the open transaction, without what is not committed there.';
  return { ...outcome, notices: [...outcome.notices, notice] };
}

async function tell(outcome: ExportOutcome, target: vscode.Uri, format: ExportFormat): Promise<void> {
  const message = [`Exported ${figuresOf(outcome)} to ${basename(target.fsPath)}.`, ...outcome.notices].join(
    ' ',
  );
  const show =
    outcome.notices.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const chosen = await show(message, 'Open', 'Reveal');
  if (chosen === 'Reveal') await vscode.commands.executeCommand('revealFileInOS', target);
  if (chosen !== 'Open') return;
  // The editor has no view for these; the system may have one.
  if (format === 'xlsx' || format === 'parquet') await vscode.env.openExternal(target);
  else await vscode.commands.executeCommand('vscode.open', target);
}

function figuresOf({ rows, bytes }: { readonly rows: number; readonly bytes: number }): string {
  const size = bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}, ${size}`;
}
