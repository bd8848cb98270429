/** Tells the user of errors: a message with what to do and buttons that do it, and the full story in the log. */
import * as vscode from 'vscode';
import { toKhipuError, type KhipuError } from '../shared/errors.ts';
import { problemOf } from '../shared/messages.ts';
import type { ActionId, Problem } from '../shared/resultsProtocol.ts';
import { commands } from './contributions.ts';

/** Commands behind the buttons that mean the same everywhere. */
const actionCommands: Partial<Record<ActionId, string>> = {
  'show-log': commands.showLog,
  'show-sent': commands.showSent,
  'choose-model': commands.chooseModel,
  'pull-model': commands.pullModel,
  'set-key': commands.setApiKey,
  'edit-connection': commands.editConnection,
  'enter-password': commands.enterPassword,
  'restart-sample': commands.openSample,
  commit: commands.commit,
  'roll-back': commands.rollBack,
  'mark-verified': commands.markVerified,
  export: commands.exportResult,
  explain: commands.explain,
  'explain-analyze': commands.explainAnalyze,
  'open-plan': commands.openPlan,
  'open-glossary': commands.openGlossary,
};

/** Runs an action that needs no more than its name, and what it is about. @returns false for one that its surface must handle */
export async function runAction(id: ActionId, value?: string): Promise<boolean> {
  if (id === 'open-settings') {
    await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:khipu.khipu');
    return true;
  }
  const command = actionCommands[id];
  if (command === undefined) return false;
  await vscode.commands.executeCommand(command, ...(value === undefined ? [] : [value]));
  return true;
}

/** What the log says of an error: values that the user bound to parameters are not for it. */
export function loggedWords({ message, detail }: KhipuError): string {
  return detail.hasValues === true
    ? `a statement with parameters failed (SQLSTATE ${detail.sqlState ?? 'none'}).`
    : message;
}

/** Writes an error to the log with its cause, and gives it back in words for a person. */
export function logProblem(thrown: unknown, log: vscode.LogOutputChannel): Problem {
  const error = toKhipuError(thrown);
  if (error.kind === 'cancelled') log.debug('Cancelled.');
  else log.error(`${error.kind}: ${loggedWords(error)}`);
  if (error.kind === 'internal' && error.cause instanceof Error && error.detail.hasValues !== true)
    log.error(error.cause.stack ?? error.cause.message);
  return problemOf(error);
}

/** Shows an error as a notification; a cancellation was the user's own and is not told. */
export async function reportProblem(thrown: unknown, log: vscode.LogOutputChannel): Promise<void> {
  const problem = logProblem(thrown, log);
  if (toKhipuError(thrown).kind === 'cancelled') return;
  const buttons = problem.actions.filter(
    ({ id }) => id === 'open-settings' || actionCommands[id] !== undefined,
  );
  const chosen = await vscode.window.showErrorMessage(
    [problem.what, problem.next, problem.candidates.slice(0, 3).join(' · ')]
      .filter((part) => part !== '')
      .join(' '),
    ...buttons.map(({ label }) => label),
  );
  const action = buttons.find(({ label }) => label === chosen);
  if (action !== undefined) await runAction(action.id, action.value ?? problem.connectionId);
}

/** A command whose errors are reported, so that none is swallowed and none shows as a stack trace. */
export function registerCommand(
  id: string,
  log: vscode.LogOutputChannel,
  run: (...args: unknown[]) => unknown,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: unknown[]) => {
    try {
      return await run(...args);
    } catch (thrown) {
      // Not awaited: the notification stays open for as long as the user likes.
      void reportProblem(thrown, log);
      return undefined;
    }
  });
}

/** The abort signal of a cancellation token, for the rooms below. */
export function signalOf(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
